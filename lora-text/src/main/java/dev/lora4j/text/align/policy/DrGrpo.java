package dev.lora4j.text.align.policy;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.TokenWeighting;

/**
 * Dr. GRPO (Liu et al. 2025): clipped ratios; sums over completions, divided by a constant.
 *
 * @param epsilon how far below 1 a ratio counts
 * @param epsilonHigh how far above 1 one counts; 0 for as far as below
 * @param delta greatest ratio of all
 */
@Extension(
    point = PolicyLoss.class,
    name = "dr_grpo",
    help = "Dr. GRPO: clipped ratios; sums over completions, by the greatest length")
public record DrGrpo(
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
  public DrGrpo {
    Clipping.of(epsilon, epsilonHigh, delta);
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.GREATEST_LENGTH;
  }
}
