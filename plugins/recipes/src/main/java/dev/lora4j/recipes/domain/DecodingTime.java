package dev.lora4j.recipes.domain;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextListener;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;

/** Time of a token that a model writes. */
final class DecodingTime {
  private static final int TOKENS = 48;

  private final LanguageModel model;
  private final MixPlan mix;
  private double least = Double.MAX_VALUE;

  DecodingTime(LanguageModel model, MixPlan mix) {
    this.model = model;
    this.mix = mix;
    write();
  }

  /** Writes once; the least of several times is that of the least disturbed machine. */
  void round() {
    long began = System.nanoTime();
    int tokens = write();
    least = Math.min(least, (System.nanoTime() - began) / 1e6 / tokens);
  }

  private int write() {
    TextPrompt prompt = TextPrompt.of("The sea was").tokens(TOKENS).mix(mix);
    return Math.max(1, model.generate(List.of(prompt), TextListener.NONE).get(0).tokens().size());
  }

  /** The least milliseconds of a token. */
  double milliseconds() {
    return least;
  }
}
