package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.Logistic;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * BCO of pairs: a classifier of chosen and rejected completions (Jung et al. 2024), without a
 * shift, as in TRL.
 */
@Extension(
    point = PreferenceLoss.class,
    name = "bco_pair",
    help = "A classifier of chosen and rejected completions")
public record BcoPair() implements PreferenceLoss {
  @Override
  public Expr each(PairScores pairs, double beta) {
    Expr chosen = pairs.chosen().ratio().mul(beta);
    Expr rejected = pairs.rejected().ratio().mul(beta);
    return Logistic.logSigmoid(chosen).add(Logistic.logSigmoid(rejected.neg())).neg();
  }
}
