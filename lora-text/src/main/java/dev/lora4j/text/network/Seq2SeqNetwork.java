package dev.lora4j.text.network;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;

/**
 * A network of an encoder that reads a whole input, and a decoder that foretells each next token of
 * the output from those before it and the input (T5).
 */
public non-sealed interface Seq2SeqNetwork extends LanguageNetwork {
  /** Sizes of the decoder's key-value cache, of its own tokens and of the input. */
  CacheSize cacheSize();

  /** The token that outputs begin with. */
  int start();

  /** Input of the encoder; tokens, if it does not say otherwise. */
  default EncoderInput input() {
    return EncoderInput.TOKENS;
  }

  /**
   * Stages the encoder.
   *
   * @param input what {@link #input} says, ids I64 [batch, tokens] by default
   * @param present I64 [batch, tokens], 1 for tokens and 0 for padding; of features 1 for each of
   *     their places
   * @param compute the type to compute in
   * @return [batch, tokens, width]
   */
  Expr encode(Weights weights, Expr input, Expr present, DType compute);

  /**
   * Stages what the decoder's layers see of an input.
   *
   * @param encoded what {@link #encode} gave
   * @param present I64 [batch, tokens]
   */
  EncodedInputs encodedInputs(Weights weights, Expr encoded, Expr present);

  /**
   * Stages the decoder, all but the head.
   *
   * @param tokens of the output
   * @param memory what each layer's tokens see of the output
   * @param encoded what they see of the input
   * @return the last layer's output after the final norm, [batch, tokens, width]
   */
  Expr decode(
      Weights weights,
      TokenInputs tokens,
      AttentionCache memory,
      EncodedInputs encoded,
      DType compute);

  /**
   * Stages the head.
   *
   * @param hidden [..., width]
   * @return a logit of each next token, [..., vocabulary]
   */
  Expr logits(Weights weights, Expr hidden);

  /** Stages encoder and decoder of whole inputs and outputs, as {@link #decode} gives it. */
  default Expr whole(Weights weights, Expr input, Expr present, TokenInputs output, DType compute) {
    EncodedInputs encoded =
        encodedInputs(weights, encode(weights, input, present, compute), present);
    return decode(weights, output, AttentionCache.WHOLE, encoded, compute);
  }

  @Override
  default void walk(Weights weights, DType compute) {
    Graph graph = weights.graph();
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    Expr input = input().declare(graph);
    Expr present = graph.input(EncodedInputs.PRESENT, DType.I64, any);
    logits(weights, whole(weights, input, present, TokenInputs.declare(graph), compute));
  }
}
