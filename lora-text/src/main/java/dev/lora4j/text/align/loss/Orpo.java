package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * ORPO's odds ratio: {@code -beta log sigmoid(log odds(chosen) - log odds(rejected))} of
 * probabilities for each token (Hong et al. 2024, equations 4 and 7); its other half is the loss
 * {@code sft}.
 */
@Extension(
    point = PreferenceLoss.class,
    name = "orpo",
    help = "ORPO: log odds ratio of likelihoods for each token, without a reference")
public record Orpo() implements PreferenceLoss {
  @Override
  public boolean compares() {
    return false;
  }

  @Override
  public Expr reward(CompletionScores completion, double beta) {
    return completion.mean().mul(beta);
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr chosen = pairs.chosen().mean();
    Expr rejected = pairs.rejected().mean();
    Expr odds =
        chosen.sub(rejected).sub(Logistic.log1mExp(chosen).sub(Logistic.log1mExp(rejected)));
    return Logistic.logSigmoid(odds).mul(-beta);
  }
}
