package dev.lora4j.text.align.policy;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.TokenWeighting;

/**
 * GRPO (Shao et al. 2024, equation 3): clipped ratios, completions count alike.
 *
 * @param epsilon how far below 1 a ratio counts
 * @param epsilonHigh how far above 1 one counts; 0 for as far as below
 * @param delta greatest ratio of all
 */
@Extension(
    point = PolicyLoss.class,
    name = "grpo",
    help =
        "GRPO: clipped ratios; the mean over a completion, so that long ones count less for each token")
public record Grpo(
    @Setting(help = "How far below 1 a ratio counts", defaultValue = "0.2", above = 0, below = 1)
        double epsilon,
    @Setting(
            help = "How far above 1 a ratio counts; 0 for as far as below",
            defaultValue = "0",
            min = 0)
        double epsilonHigh,
    @Setting(help = "Greatest ratio of all", defaultValue = "inf", above = 1) double delta)
    implements Clipped {
  /** Checks that the settings go together. */
  public Grpo {
    Clipping.of(epsilon, epsilonHigh, delta);
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.COMPLETIONS;
  }
}
