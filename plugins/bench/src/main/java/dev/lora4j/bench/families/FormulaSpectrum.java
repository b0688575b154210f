package dev.lora4j.bench.families;

import dev.lora4j.text.network.EncoderFeatures;

/** Spectrum of half a minute by a formula, the same for everybody; [80, 3000] of Whisper tiny. */
record FormulaSpectrum() implements EncoderFeatures {
  private static final int NUMBERS = 80 * 3000;
  private static final double FREQUENCY = 0.37;

  @Override
  public String name() {
    return "a wave";
  }

  @Override
  public String digest() {
    return name();
  }

  @Override
  public float[] values() {
    float[] values = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      values[i] = (float) Math.cos(i * FREQUENCY);
    }
    return values;
  }
}
