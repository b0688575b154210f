package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * SPPO with hard labels: log-ratios are drawn to {@code 1 / (2 beta)} and its negative (Wu et al.
 * 2024, equation 4.7).
 */
@Extension(
    point = PreferenceLoss.class,
    name = "sppo_hard",
    help = "SPPO: both rewards are drawn to plus and minus a half")
public record SppoHard() implements PreferenceLoss {
  @Override
  public Expr each(PairScores pairs, double beta) {
    double half = 0.5 / beta;
    Expr chosen = pairs.chosen().ratio().sub(half).pow(2);
    return chosen.add(pairs.rejected().ratio().add(half).pow(2));
  }
}
