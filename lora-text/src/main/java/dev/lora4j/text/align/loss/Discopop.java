package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * DiscoPOP: a blend of logistic and exponential loss (Lu et al. 2024, equation 5).
 *
 * @param tau Temperature of the blend
 */
@Extension(
    point = PreferenceLoss.class,
    name = "discopop",
    help = "DiscoPOP: a blend of logistic and exponential loss")
public record Discopop(
    @Setting(help = "Temperature of the blend", defaultValue = "0.05", above = 0) double tau)
    implements PreferenceLoss {
  /** Checks the setting. */
  public Discopop {
    if (!(tau > 0)) {
      throw new IllegalArgumentException("The tau of discopop must be above 0, found " + tau + ".");
    }
  }

  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr scaled = pairs.margin().mul(beta);
    Expr share = scaled.div(tau).sigmoid();
    Expr logistic = Logistic.logSigmoid(scaled).neg();
    return logistic.add(scaled.neg().exp().sub(logistic).mul(share));
  }
}
