package dev.lora4j.text.train;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.List;
import java.util.Map;

/** What is learned of token sequences: tokens, or classes. */
interface SequenceLoss {
  /** The model that learns. */
  TextModel base();

  /** Its tokeniser, by which messages show texts. */
  TextTokenizer tokenizer();

  /**
   * Stages the model and its loss.
   *
   * @return the loss of each thing that is learned, which {@link #learned} counts
   */
  Expr each(Staging at);

  /** What the staged loss reads, in the order in which it declares it. */
  List<Tensor> inputs(Scope scope, List<TokenSequence> sequences);

  /** How many things are learned of sequences; each counts alike. */
  int learned(List<TokenSequence> sequences);

  /** What the header of the trained adapter says. */
  Map<String, String> metadata();
}
