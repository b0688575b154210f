package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.OptionalInt;

/**
 * Sliding window of attention (Beltagy et al. 2020).
 *
 * @param window how many tokens, itself included; all if absent
 */
public record SlidingWindow(OptionalInt window) {
  /** All tokens before. */
  public static final SlidingWindow ALL = new SlidingWindow(OptionalInt.empty());

  /** The last {@code tokens} tokens. */
  public static SlidingWindow of(int tokens) {
    return new SlidingWindow(OptionalInt.of(tokens));
  }

  /** True if there is a window. */
  boolean isPresent() {
    return window.isPresent();
  }

  /**
   * Mask of the keys that tokens see, BOOL of the places' common shape.
   *
   * @param tokens I64 places of tokens
   * @param keys I64 places of keys
   */
  Expr visible(Expr tokens, Expr keys) {
    Expr earlier = keys.le(tokens);
    return window.isPresent()
        ? earlier.and(keys.gt(tokens.sub(keys.graph().constant(window.getAsInt(), DType.I64))))
        : earlier;
  }
}
