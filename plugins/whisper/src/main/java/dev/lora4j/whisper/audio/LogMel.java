package dev.lora4j.whisper.audio;

import dev.lora4j.text.network.EncoderFeatures;
import java.util.Arrays;

/**
 * Log-mel spectra as Whisper's encoder reads them (Radford et al. 2022), those of transformers'
 * {@code WhisperFeatureExtractor}: of 16 kHz, windows of 25 ms every 10 ms, periodic Hann, centred
 * with reflected ends; the common logarithm of each band, at most 8 below the greatest, and scaled.
 */
public final class LogMel {
  /** Samples of a window. */
  public static final int WINDOW = 400;

  /** Samples from one frame to the next. */
  public static final int HOP = 160;

  private static final double FLOOR = 1e-10;
  private static final double RANGE = 8;

  private static final double[] HANN = hann();
  private static final Fourier FOURIER = new Fourier(WINDOW);

  private final int mels;
  private final int frames;
  private final MelFilters filters;

  /**
   * Spectra of a model.
   *
   * @param mels number of bands
   * @param frames of each spectrum
   */
  public LogMel(int mels, int frames) {
    this.mels = mels;
    this.frames = frames;
    filters = new MelFilters(mels, WINDOW / 2 + 1, Wave.RATE);
  }

  private static double[] hann() {
    double[] window = new double[WINDOW];
    Arrays.setAll(window, i -> 0.5 - 0.5 * Math.cos(2 * Math.PI * i / WINDOW));
    return window;
  }

  /** Samples that a spectrum covers. */
  public int samples() {
    return frames * HOP;
  }

  /**
   * Spectrum of a recording: [mels, frames], row by row. What is longer than {@link #samples} is
   * cut, what is shorter followed by silence.
   *
   * @param wave of 16 kHz
   */
  public float[] of(Wave wave) {
    if (wave.rate() != Wave.RATE) {
      throw new IllegalArgumentException(
          "A spectrum is made of " + Wave.RATE + " samples a second, found " + wave.rate() + ".");
    }
    float[] samples = Arrays.copyOf(wave.samples(), samples());
    float[] logs = new float[mels * frames];
    double[] part = new double[WINDOW];
    double greatest = Math.log10(FLOOR);
    for (int frame = 0; frame < frames; frame++) {
      boolean sound = window(samples, frame, part);
      double[] power = sound ? FOURIER.power(part) : new double[0];
      for (int mel = 0; mel < mels; mel++) {
        double band = Math.log10(Math.max(FLOOR, filters.of(mel, power)));
        logs[mel * frames + frame] = (float) band;
        greatest = Math.max(greatest, band);
      }
    }
    float least = (float) (greatest - RANGE);
    for (int i = 0; i < logs.length; i++) {
      logs[i] = (Math.max(logs[i], least) + 4) / 4;
    }
    return logs;
  }

  /** Fills the window of a frame; false if it is silent. */
  private boolean window(float[] samples, int frame, double[] part) {
    boolean sound = false;
    for (int i = 0; i < WINDOW; i++) {
      int at = Math.abs(frame * HOP + i - WINDOW / 2);
      float sample = samples[at < samples.length ? at : 2 * (samples.length - 1) - at];
      part[i] = sample * HANN[i];
      sound |= sample != 0;
    }
    return sound;
  }

  /** Features of a recording, which are computed when they are asked for. */
  public EncoderFeatures features(Wave wave) {
    return new EncoderFeatures() {
      @Override
      public String name() {
        return wave.name();
      }

      @Override
      public String digest() {
        return wave.digest();
      }

      @Override
      public float[] values() {
        return of(wave);
      }
    };
  }
}
