package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * AOT of unpaired completions: sorted log-ratios of the chosen are above those of the rejected
 * (Melnyk et al. 2024).
 *
 * @param smoothing Share of pairs that are taken the other way round
 */
@Extension(
    point = PreferenceLoss.class,
    name = "aot_unpaired",
    help = "AOT of chosen and rejected completions, each sorted")
public record AotUnpaired(
    @Setting(
            help = "Share of pairs that are taken the other way round",
            defaultValue = "0",
            min = 0)
        double smoothing)
    implements PreferenceLoss {
  /** Checks the setting. */
  public AotUnpaired {
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
    Expr chosen = pairs.chosen().ratio().sort(0).values();
    Expr gain = chosen.sub(pairs.rejected().ratio().sort(0).values()).mul(beta);
    return Logistic.loss(gain, smoothing);
  }
}
