package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/** DPO: {@code -log sigmoid(beta margin)} (Rafailov et al. 2023, equation 7). */
@Extension(
    point = PreferenceLoss.class,
    name = "sigmoid",
    help = "DPO: the logistic loss of the margin")
public record Sigmoid() implements PreferenceLoss {
  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    return Logistic.logSigmoid(pairs.margin().mul(beta)).neg();
  }
}
