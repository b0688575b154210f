package dev.lora4j.cli.text;

import dev.lora4j.text.align.PreferenceObjective;
import java.util.List;

/** Ways to align a model, with the losses and beta that each has by itself. */
enum AlignmentMethod {
  dpo(false, PreferenceObjective.BETA, "sigmoid"),
  cpo(false, PreferenceObjective.BETA, "cpo", "sft"),
  simpo(false, 2, "simpo"),
  orpo(false, PreferenceObjective.BETA, "orpo", "sft"),
  grpo(true, 0, "dapo"),
  rloo(true, 0.05, "rloo");

  private final boolean rewarded;
  private final double beta;

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nothing changes
  private final List<String> losses;

  AlignmentMethod(boolean rewarded, double beta, String... losses) {
    this.rewarded = rewarded;
    this.beta = beta;
    this.losses = List.of(losses);
  }

  /** True if it learns from rewards of what the model writes, false if it does from pairs. */
  boolean rewarded() {
    return rewarded;
  }

  double beta() {
    return beta;
  }

  List<String> losses() {
    return losses;
  }
}
