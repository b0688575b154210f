package dev.lora4j.text.encode;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.network.EncoderInputs;

/** Output of an encoder for a text. */
public enum EncoderOutput {
  /** The vector of each token: [tokens, width]. */
  TOKENS,
  /** The mean of the tokens' vectors, as sentence embeddings are made: [width]. */
  MEAN,
  /** The vector of the first token: [width]. */
  FIRST,
  /** The vector of the last token, as sentence embeddings of decoders are: [width]. */
  LAST,
  /** Output of the model's pooler: [width]. */
  POOLED,
  /** Logits of the classes: [labels]. */
  LABELS,
  /** Logits of the classes of each token: [tokens, labels]. */
  TAGS;

  /**
   * Stages the vector of each text; of {@link #MEAN}, {@link #FIRST} and {@link #LAST} alone.
   *
   * @param hidden [batch, tokens, width]
   * @return [batch, width], in F32 or wider
   */
  Expr pooled(EncoderInputs tokens, Expr hidden) {
    Expr wide = hidden.to(hidden.dtype() == DType.F64 ? DType.F64 : DType.F32);
    return switch (this) {
      case FIRST -> wide.select(1, 0);
      case MEAN -> {
        Expr counted = tokens.present().to(wide.dtype()).unsqueeze(-1);
        yield wide.mul(counted).over(1).sum().div(counted.over(1).sum());
      }
      case LAST -> {
        Expr last = tokens.present().to(DType.I64).over(1).sum().sub(1);
        yield wide.takeAlong(1, last.unsqueeze(1).unsqueeze(2)).select(1, 0);
      }
      case TOKENS, POOLED, LABELS, TAGS ->
          throw new IllegalArgumentException(this + " is no vector of a text by its tokens alone");
    };
  }
}
