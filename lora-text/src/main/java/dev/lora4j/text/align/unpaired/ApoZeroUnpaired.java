package dev.lora4j.text.align.unpaired;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.UnpairedLoss;

/**
 * The unpaired form of APO-zero (D'Oosterlinck et al. 2024, equation 7): {@code 1 - sigmoid(beta
 * ratio)} for good completions, {@code sigmoid(beta ratio)} for bad ones.
 *
 * @param desirableWeight Weight of the good ones
 * @param undesirableWeight Weight of the bad ones
 */
@Extension(
    point = UnpairedLoss.class,
    name = "apo_zero_unpaired",
    help = "APO-zero of single completions: good ones become likelier, bad ones less likely")
public record ApoZeroUnpaired(
    @Setting(help = "Weight of the good ones", defaultValue = "1", above = 0)
        double desirableWeight,
    @Setting(help = "Weight of the bad ones", defaultValue = "1", above = 0)
        double undesirableWeight)
    implements UnpairedLoss {
  /** Checks the weights. */
  public ApoZeroUnpaired {
    Weighted.require(desirableWeight, undesirableWeight);
  }

  @Override
  public Expr each(Expr ratios, Expr good, Expr distance, double beta) {
    Expr side = good.mul(2).sub(1);
    Expr each = ratios.mul(beta).mul(side).sigmoid().neg().add(1);
    return Weighted.by(good, desirableWeight, undesirableWeight).mul(each);
  }
}
