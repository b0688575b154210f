package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.TokenWeighting;
import java.util.Map;

/**
 * RLOO (Ahmadian et al. 2024): a completion is one action, whose ratio is that of its whole
 * probability.
 *
 * @param epsilon how far below 1 a ratio counts
 * @param epsilonHigh how far above 1 one counts; 0 for as far as below
 */
@Extension(
    point = PolicyLoss.class,
    name = "rloo",
    help = "RLOO: clipped ratios of whole completions, each of which is one action")
public record Rloo(
    @Setting(help = "How far below 1 a ratio counts", defaultValue = "0.2", above = 0, below = 1)
        double epsilon,
    @Setting(
            help = "How far above 1 a ratio counts; 0 for as far as below",
            defaultValue = "0",
            min = 0)
        double epsilonHigh)
    implements PolicyLoss {
  /** Checks the settings. */
  public Rloo {
    clipping(epsilon, epsilonHigh);
  }

  private static Clipping clipping(double low, double high) {
    return Clipping.of(low, high, Double.POSITIVE_INFINITY);
  }

  private static Expr ratio(PolicyScores scores) {
    return scores.sums(scores.logRatio()).exp();
  }

  @Override
  public Expr each(PolicyScores scores) {
    Expr each = clipping(epsilon, epsilonHigh).each(ratio(scores), scores.advantages());
    // Their mean over the tokens is the loss of the completion.
    return scores.atTokens(each);
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.COMPLETIONS;
  }

  @Override
  public Map<String, Expr> measures(PolicyScores scores) {
    Map<String, Expr> each =
        clipping(epsilon, epsilonHigh).measures(ratio(scores), scores.advantages());
    each.replaceAll((name, shares) -> scores.atTokens(shares));
    return each;
  }
}
