package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.TokenWeighting;
import java.util.Map;

/**
 * CISPO (MiniMax-M1, 2025, equation 4): every token learns, with a limited weight that has no
 * gradient.
 *
 * @param epsilonHigh greatest weight; TRL's own default is 0.2, its documents say 5
 */
@Extension(
    point = PolicyLoss.class,
    name = "cispo",
    help = "CISPO: log-probabilities with limited ratios as weights; no token is left out")
public record Cispo(
    @Setting(help = "Greatest weight of a token", defaultValue = "5", above = 0) double epsilonHigh)
    implements PolicyLoss {
  /** Checks the setting. */
  public Cispo {
    if (!(epsilonHigh > 0)) {
      throw new IllegalArgumentException(
          "The epsilon_high of cispo must be above 0, found " + epsilonHigh + ".");
    }
  }

  @Override
  public Expr each(PolicyScores scores) {
    Expr weights = scores.ratio().clampMax(epsilonHigh).detach();
    return weights.mul(scores.advantage()).mul(scores.likelihoods()).neg();
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.TOKENS_OF_STEP;
  }

  @Override
  public Map<String, Expr> measures(PolicyScores scores) {
    Expr ratio = scores.ratio();
    Expr clipped = ratio.gt(epsilonHigh).and(scores.advantage().gt(0));
    return Map.of("cispo_clip_ratio", clipped.to(ratio.dtype()));
  }
}
