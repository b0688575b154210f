package dev.lora4j.core.model.text;

import dev.lora4j.core.tensor.Expr;
import java.util.Optional;

/**
 * Output of a text encoder.
 *
 * @param hidden [batch, tokens, width]
 * @param pooled [batch, pooledWidth], if it was requested
 */
public record EncodedText(Expr hidden, Optional<Expr> pooled) {
  /** Output without a pooled text. */
  public static EncodedText of(Expr hidden) {
    return new EncodedText(hidden, Optional.empty());
  }
}
