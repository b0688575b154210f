package dev.lora4j.text.align.loss;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.CompletionScores;
import dev.lora4j.text.align.PairScores;
import dev.lora4j.text.align.PreferenceLoss;

/**
 * Negative log-likelihood of the tokens of the chosen completions of a batch, each alike; of use
 * beside other losses.
 */
@Extension(
    point = PreferenceLoss.class,
    name = "sft",
    help = "The likelihood of the chosen completions, as ordinary training")
public record Sft() implements PreferenceLoss {
  @Override
  public boolean compares() {
    return false;
  }

  @Override
  public boolean diverges() {
    return true;
  }

  @Override
  public boolean separate() {
    return false;
  }

  @Override
  public Expr each(PairScores pairs, double beta) {
    CompletionScores chosen = pairs.chosen();
    Expr all = chosen.whole().sum().div(chosen.tokens().sum()).neg();
    return chosen.tokens().mul(0).add(all);
  }
}
