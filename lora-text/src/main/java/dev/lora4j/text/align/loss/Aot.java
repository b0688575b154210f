package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * AOT: the margins of a batch, sorted, are above those of the reference (Melnyk et al. 2024).
 *
 * @param smoothing Share of pairs that are taken the other way round
 */
@Extension(
    point = PreferenceLoss.class,
    name = "aot",
    help = "AOT: the sorted margins of a batch dominate those of the reference")
public record Aot(
    @Setting(
            help = "Share of pairs that are taken the other way round",
            defaultValue = "0",
            min = 0)
        double smoothing)
    implements PreferenceLoss {
  /** Checks the setting. */
  public Aot {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "The smoothing of a preference loss must be from 0 to below 1, found " + smoothing + ".");
    }
  }

  @Override
  public boolean separate() {
    return false;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr own = pairs.chosen().likelihood().sub(pairs.rejected().likelihood());
    Expr before = own.sub(pairs.chosen().ratio().sub(pairs.rejected().ratio()));
    Expr gain = own.sort(0).values().sub(before.sort(0).values()).mul(beta);
    return Logistic.loss(gain, smoothing);
  }
}
