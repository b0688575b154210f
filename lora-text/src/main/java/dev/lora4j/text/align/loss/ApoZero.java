package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * APO-zero: the chosen gets likelier and the rejected less likely (D'Oosterlinck et al. 2024,
 * equation 7).
 */
@Extension(
    point = PreferenceLoss.class,
    name = "apo_zero",
    help = "APO: chosen likelier, rejected less likely")
public record ApoZero() implements PreferenceLoss {
  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr chosen = pairs.chosen().ratio().mul(beta).sigmoid();
    return pairs.rejected().ratio().mul(beta).sigmoid().sub(chosen).add(1);
  }
}
