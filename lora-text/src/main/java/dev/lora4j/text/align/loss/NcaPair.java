package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/** NCA of pairs: rewards themselves are trained, not their margin alone (Chen et al. 2024). */
@Extension(
    point = PreferenceLoss.class,
    name = "nca_pair",
    help = "NCA: rewards themselves, not their margin alone")
public record NcaPair() implements PreferenceLoss {
  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr chosen = pairs.chosen().ratio().mul(beta);
    Expr rejected = pairs.rejected().ratio().mul(beta);
    Expr both = Logistic.logSigmoid(chosen.neg()).add(Logistic.logSigmoid(rejected.neg()));
    return Logistic.logSigmoid(chosen).add(both.mul(0.5)).neg();
  }
}
