package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/** Hinge loss: {@code max(0, 1 - beta margin)} (SLiC, Zhao et al. 2023; RSO, Liu et al. 2023). */
@Extension(point = PreferenceLoss.class, name = "hinge", help = "Hinge loss of the margin")
public record Hinge() implements PreferenceLoss {
  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    return pairs.margin().mul(-beta).add(1).relu();
  }
}
