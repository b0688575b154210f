package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * Robust DPO: unbiased where a share of pairs is the wrong way round (Chowdhury et al. 2024,
 * equation 11).
 *
 * @param smoothing Share of pairs that are taken the other way round
 */
@Extension(
    point = PreferenceLoss.class,
    name = "robust",
    help = "DPO that knows that a share of pairs is the wrong way round")
public record Robust(
    @Setting(
            help = "Share of pairs that are taken the other way round",
            defaultValue = "0",
            min = 0)
        double smoothing)
    implements PreferenceLoss {
  /** Checks the setting. */
  public Robust {
    if (!(smoothing >= 0 && smoothing < 0.5)) {
      throw new IllegalArgumentException(
          "The smoothing of a preference loss must be from 0 to below 0.5, found "
              + smoothing
              + ".");
    }
  }

  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr scaled = pairs.margin().mul(beta);
    Expr right = Logistic.logSigmoid(scaled).mul(-(1 - smoothing));
    Expr wrong = Logistic.logSigmoid(scaled.neg()).mul(-smoothing);
    return right.sub(wrong).div(1 - 2 * smoothing);
  }
}
