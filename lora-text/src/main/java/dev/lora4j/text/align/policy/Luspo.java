package dev.lora4j.text.align.policy;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.TokenWeighting;

/**
 * LUSPO (2026): clipped ratios; sums over completions, so that long ones count more. Meant for
 * ratios of completions.
 *
 * @param epsilon how far below 1 a ratio counts
 * @param epsilonHigh how far above 1 one counts; 0 for as far as below
 * @param delta greatest ratio of all
 */
@Extension(
    point = PolicyLoss.class,
    name = "luspo",
    help = "LUSPO: clipped ratios; sums over completions, for ratios of completions")
public record Luspo(
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
  public Luspo {
    Clipping.of(epsilon, epsilonHigh, delta);
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.SUMS;
  }
}
