package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * A network that makes vectors of the tokens of whole texts, with a head for classes if it is to
 * have one: encoders (BERT), and {@linkplain LastTokenClassifier decoders} with such a head.
 */
public non-sealed interface EncoderNetwork extends LanguageNetwork {
  /** Width of a token's vector. */
  int width();

  /** Class names of the head; none if it has no head. */
  List<String> labels();

  /** True if the head tells the class of each token, and not that of a whole text. */
  default boolean perToken() {
    return false;
  }

  /** True if there is a layer for the vector of a whole text. */
  boolean pooler();

  /** True if a weight is trained from scratch for other classes: the head, and a pooler below. */
  boolean ofHead(String weight);

  /**
   * Stages all but pooler and head.
   *
   * @param compute the type to compute in
   * @return the last layer's output, [batch, tokens, width]
   */
  Expr hidden(Weights weights, EncoderInputs tokens, DType compute);

  /**
   * Stages the pooler; only where there {@linkplain #pooler is} one.
   *
   * @param hidden [batch, tokens, width]
   * @return [batch, width]
   */
  Expr pooled(Weights weights, Expr hidden);

  /**
   * Stages the head; only where there are {@link #labels}.
   *
   * @param tokens what was read
   * @param hidden [batch, tokens, width]
   * @return logits of the classes, [batch, labels], or [batch, tokens, labels] of those {@linkplain
   *     #perToken of tokens}
   */
  Expr logits(Weights weights, EncoderInputs tokens, Expr hidden);

  @Override
  default void walk(Weights weights, DType compute) {
    EncoderInputs tokens = EncoderInputs.declare(weights.graph());
    Expr hidden = hidden(weights, tokens, compute);
    if (pooler()) {
      pooled(weights, hidden);
    }
    if (!labels().isEmpty()) {
      logits(weights, tokens, hidden);
    }
  }
}
