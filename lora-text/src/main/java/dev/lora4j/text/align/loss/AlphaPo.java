package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * AlphaPO: SimPO by rewards of another shape, {@code (1 - p^-alpha) / alpha} for the mean
 * probability p of a completion's tokens (Gupta et al. 2025, equation 7); near 0 it is SimPO.
 *
 * @param alpha Shape of the reward, not 0
 * @param gamma Margin that the chosen has to win by
 */
@Extension(
    point = PreferenceLoss.class,
    name = "alphapo",
    help = "AlphaPO: SimPO by rewards of another shape")
public record AlphaPo(
    @Setting(help = "Shape of the reward, not 0", defaultValue = "0.25") double alpha,
    @Setting(help = "Margin that the chosen has to win by", defaultValue = "0.5", min = 0)
        double gamma)
    implements PreferenceLoss {
  /** Checks the settings. */
  public AlphaPo {
    if (alpha == 0 || !Double.isFinite(alpha)) {
      throw new IllegalArgumentException(
          "The alpha of alphapo must be a number other than 0, found "
              + alpha
              + "; simpo is what it is at 0.");
    }
    if (!(gamma >= 0)) {
      throw new IllegalArgumentException(
          "The gamma of alphapo must be at least 0, found " + gamma + ".");
    }
  }

  @Override
  public boolean compares() {
    return false;
  }

  private Expr shaped(CompletionScores completion) {
    return completion.mean().mul(-alpha).expm1().div(-alpha);
  }

  @Override
  public Expr reward(CompletionScores completion, double beta) {
    return shaped(completion).mul(beta);
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr margin = shaped(pairs.chosen()).sub(shaped(pairs.rejected())).mul(beta).sub(gamma);
    return Logistic.logSigmoid(margin).neg();
  }
}
