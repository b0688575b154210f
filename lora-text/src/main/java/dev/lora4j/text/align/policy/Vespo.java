package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.TokenWeighting;
import java.util.Map;

/**
 * VESPO (2026): log-probabilities with a weight of the whole completion, which falls to both sides
 * of a ratio of 1: {@code e^(lambda (1 - w)) w^k} for the ratio w, without a gradient.
 *
 * @param kPos power of the ratio for what is better than others
 * @param lambdaPos how fast its weight falls above 1
 * @param kNeg power of the ratio for the rest
 * @param lambdaNeg how fast its weight falls above 1
 */
@Extension(
    point = PolicyLoss.class,
    name = "vespo",
    help = "VESPO: log-probabilities with a smooth weight of the whole completion")
public record Vespo(
    @Setting(help = "Power of the ratio for the better", defaultValue = "2", min = 0) double kPos,
    @Setting(help = "Fall of the weight for the better", defaultValue = "3", above = 0)
        double lambdaPos,
    @Setting(help = "Power of the ratio for the rest", defaultValue = "3", min = 0) double kNeg,
    @Setting(help = "Fall of the weight for the rest", defaultValue = "2", above = 0)
        double lambdaNeg)
    implements PolicyLoss {
  /** Greatest distance of a logarithm from 0. */
  private static final double LIMIT = 20;

  private static final double LEAST = Math.log(1e-8);

  /** Checks the settings. */
  public Vespo {
    if (!(kPos >= 0 && kNeg >= 0 && lambdaPos > 0 && lambdaNeg > 0)) {
      throw new IllegalArgumentException(
          "vespo takes k from 0 on and lambda above 0, found k_pos %s, lambda_pos %s, k_neg %s, lambda_neg %s."
              .formatted(kPos, lambdaPos, kNeg, lambdaNeg));
    }
  }

  private Expr weight(PolicyScores scores) {
    Expr log = scores.sums(scores.logRatio().clamp(-LIMIT, LIMIT)).clamp(LEAST, LIMIT);
    Expr better = scores.advantages().ge(0).to(log.dtype());
    Expr k = better.mul(kPos - kNeg).add(kNeg);
    Expr lambda = better.mul(lambdaPos - lambdaNeg).add(lambdaNeg);
    return scores.atTokens(lambda.add(k.mul(log)).sub(lambda.mul(log.exp())).exp()).detach();
  }

  @Override
  public Expr each(PolicyScores scores) {
    return weight(scores).mul(scores.advantage()).mul(scores.likelihoods()).neg();
  }

  @Override
  public TokenWeighting weighting() {
    return TokenWeighting.TOKENS_OF_STEP;
  }

  @Override
  public Map<String, Expr> measures(PolicyScores scores) {
    return Map.of("vespo/phi_seq_mean", weight(scores));
  }
}
