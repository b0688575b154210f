package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * DPO of scores for each token: {@code -log sigmoid(beta margin per token)} (Tulu 3, Lambert et al.
 * 2024).
 */
@Extension(
    point = PreferenceLoss.class,
    name = "sigmoid_norm",
    help = "DPO of scores for each token")
public record SigmoidNorm() implements PreferenceLoss {
  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    return Logistic.logSigmoid(pairs.marginPerToken().mul(beta)).neg();
  }
}
