package dev.lora4j.text.align.unpaired;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.UnpairedLoss;

/**
 * KTO (Ethayarajh et al. 2024, equation 8): {@code 1 - sigmoid(beta (ratio - distance))} for good
 * completions, {@code 1 - sigmoid(beta (distance - ratio))} for bad ones.
 *
 * @param desirableWeight Weight of the good ones
 * @param undesirableWeight Weight of the bad ones
 */
@Extension(
    point = UnpairedLoss.class,
    name = "kto",
    help = "KTO: good ones above the distance that costs nothing, bad ones below it")
public record Kto(
    @Setting(help = "Weight of the good ones", defaultValue = "1", above = 0)
        double desirableWeight,
    @Setting(help = "Weight of the bad ones", defaultValue = "1", above = 0)
        double undesirableWeight)
    implements UnpairedLoss {
  /** Checks the weights. */
  public Kto {
    Weighted.require(desirableWeight, undesirableWeight);
  }

  @Override
  public boolean mismatches() {
    return true;
  }

  @Override
  public Expr each(Expr ratios, Expr good, Expr distance, double beta) {
    Expr side = good.mul(2).sub(1);
    Expr each = ratios.sub(distance).mul(beta).mul(side).sigmoid().neg().add(1);
    return Weighted.by(good, desirableWeight, undesirableWeight).mul(each);
  }
}
