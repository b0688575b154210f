package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * CPO: {@code -log sigmoid(beta (log p(chosen) - log p(rejected)))}, smoothed (Xu et al. 2024,
 * equation 3); its other half is the loss {@code sft}.
 *
 * @param smoothing Share of pairs that are taken the other way round
 */
@Extension(
    point = PreferenceLoss.class,
    name = "cpo",
    help = "CPO: the logistic loss of likelihoods, without a reference")
public record Cpo(
    @Setting(
            help = "Share of pairs that are taken the other way round",
            defaultValue = "0",
            min = 0)
        double smoothing)
    implements PreferenceLoss {
  /** Checks the setting. */
  public Cpo {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "The smoothing of a preference loss must be from 0 to below 1, found " + smoothing + ".");
    }
  }

  @Override
  public boolean compares() {
    return false;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr margin = pairs.chosen().likelihood().sub(pairs.rejected().likelihood()).mul(beta);
    return Logistic.loss(margin, smoothing);
  }
}
