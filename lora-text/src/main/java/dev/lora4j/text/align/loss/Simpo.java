package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * SimPO: {@code -log sigmoid(beta (mean log p(chosen) - mean log p(rejected)) - gamma)} (Meng et
 * al. 2024, equation 6).
 *
 * @param gamma Margin that the chosen has to win by
 */
@Extension(
    point = PreferenceLoss.class,
    name = "simpo",
    help = "SimPO: likelihoods for each token, with a margin and no reference")
public record Simpo(
    @Setting(help = "Margin that the chosen has to win by", defaultValue = "0.5", min = 0)
        double gamma)
    implements PreferenceLoss {
  /** Checks the setting. */
  public Simpo {
    if (!(gamma >= 0)) {
      throw new IllegalArgumentException(
          "The gamma of simpo must be at least 0, found " + gamma + ".");
    }
  }

  @Override
  public boolean compares() {
    return false;
  }

  @Override
  public Expr reward(CompletionScores completion, double beta) {
    return completion.mean().mul(beta);
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr margin = pairs.chosen().mean().sub(pairs.rejected().mean()).mul(beta).sub(gamma);
    return Logistic.logSigmoid(margin).neg();
  }
}
