package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/** APO-down: both get less likely, the rejected more so (D'Oosterlinck et al. 2024, equation 8). */
@Extension(
    point = PreferenceLoss.class,
    name = "apo_down",
    help = "APO: both less likely, rejected more so")
public record ApoDown() implements PreferenceLoss {
  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr chosen = pairs.chosen().ratio();
    Expr margin = chosen.sub(pairs.rejected().ratio()).mul(beta).sigmoid();
    return chosen.mul(beta).sigmoid().sub(margin).add(1);
  }
}
