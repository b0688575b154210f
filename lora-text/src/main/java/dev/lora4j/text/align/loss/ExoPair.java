package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * EXO: divergence of the model's preference from a smoothed one (Ji et al. 2024, equation 16).
 *
 * @param smoothing Share of pairs that are taken the other way round
 */
@Extension(
    point = PreferenceLoss.class,
    name = "exo_pair",
    help = "EXO: reverse divergence from smoothed preferences")
public record ExoPair(
    @Setting(
            help = "Share of pairs that are taken the other way round",
            defaultValue = "1e-3",
            min = 0)
        double smoothing)
    implements PreferenceLoss {
  /** Checks the setting. */
  public ExoPair {
    if (!(smoothing > 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "The smoothing of exo_pair must be above 0 and below 1, found " + smoothing + ".");
    }
  }

  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr scaled = pairs.margin().mul(beta);
    Expr chosen = scaled.sigmoid().mul(Logistic.logSigmoid(scaled).sub(Math.log1p(-smoothing)));
    Expr other = scaled.neg();
    return chosen.add(other.sigmoid().mul(Logistic.logSigmoid(other).sub(Math.log(smoothing))));
  }
}
