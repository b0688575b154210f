package dev.lora4j.core.model.text;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Inputs of a text encoder.
 *
 * @param ids I64 [batch, tokens], from {@link PromptTokenizer#framed}
 * @param end I64 [batch], the end of each text, from {@link PromptTokenizer#end}; present if the
 *     pooled text is requested, and where the encoder {@link TextEncoderNetwork#masksPadding}
 * @param replaced vectors that stand at some places instead of the tokens' own
 */
public record TextEncoderInputs(Expr ids, Optional<Expr> end, Optional<Replaced> replaced) {
  /**
   * Vectors instead of tokens: those of textual inversions.
   *
   * @param places I64 [n], which of all the tokens of the batch, counted row by row; each once
   * @param vectors [n, width]
   */
  public record Replaced(Expr places, Expr vectors) {}

  /** Tokens alone. */
  public static TextEncoderInputs of(Expr ids) {
    return new TextEncoderInputs(ids, Optional.empty(), Optional.empty());
  }

  /**
   * The embedded tokens with what stands instead of some of them. An encoder calls it behind its
   * table of tokens.
   *
   * @param words [batch, tokens, width]
   */
  public Expr embedded(Expr words) {
    return replaced.map(by -> embedded(words, by)).orElse(words);
  }

  private static Expr embedded(Expr words, Replaced by) {
    Expr rows = words.reshape(-1, words.shape().size(2));
    Expr vectors = by.vectors().to(words.dtype());
    return rows.graph()
        .call("index_copy", rows.dtype(), rows.shape(), rows, 0, by.places(), vectors)
        .reshape(words.dim(0), words.dim(1), words.dim(2));
  }
}
