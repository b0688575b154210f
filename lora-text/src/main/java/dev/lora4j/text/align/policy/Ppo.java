package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.TokenWeighting;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * PPO (Schulman et al. 2017, equation 7): clipped ratios of tokens, each with an advantage of its
 * own, the tokens of a step count alike. Its measures have the names of TRL's PPO.
 *
 * @param epsilon how far from 1 a ratio counts
 */
@Extension(
    point = PolicyLoss.class,
    name = "ppo",
    help = "PPO: clipped ratios; each token has its own advantage, by a value head")
public record Ppo(
    @Setting(help = "How far from 1 a ratio counts", defaultValue = "0.2", above = 0, below = 1)
        double epsilon)
    implements PolicyLoss {
  private Clipping clipping() {
    return Clipping.of(epsilon, 0, Double.POSITIVE_INFINITY);
  }

  @Override
  public Expr each(PolicyScores scores) {
    return clipping().each(scores.ratio(), scores.advantage());
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.TOKENS_OF_STEP;
  }

  @Override
  public Map<String, Expr> measures(PolicyScores scores) {
    Expr log = scores.logRatio();
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put("policy/approxkl_avg", log.mul(log).mul(0.5));
    measures.put("policy/clipfrac_avg", clipping().clipped(scores.ratio(), scores.advantage()));
    measures.put("val/ratio", scores.ratio());
    return measures;
  }
}
