package dev.lora4j.core.tensor;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Settings of attention.
 *
 * @param mask what each token may see: BOOL, true where it may; or of the type of the queries, and
 *     added to the scores. Broadcasts to [batch, heads, tokens, keys]
 * @param causal whether the i-th token sees none after the i-th key
 * @param scale what scores are multiplied with; 1/sqrt(width) if absent
 * @param cap bound that scores come near to and never reach, {@code cap * tanh(score / cap)},
 *     before the mask (Gemma 2); none if absent
 */
public record Attention(
    Optional<Expr> mask, boolean causal, OptionalDouble scale, OptionalDouble cap) {
  /** Full attention: all tokens see all keys, with scale 1/sqrt(width). */
  public static final Attention PLAIN =
      new Attention(Optional.empty(), false, OptionalDouble.empty(), OptionalDouble.empty());

  /** {@link #PLAIN}, but the i-th token sees none after the i-th key. */
  public static final Attention CAUSAL =
      new Attention(Optional.empty(), true, OptionalDouble.empty(), OptionalDouble.empty());

  /** A copy with this mask. */
  public Attention masked(Expr allowedOrAdded) {
    return new Attention(Optional.of(allowedOrAdded), causal, scale, cap);
  }

  /** A copy with another scale; 1 for T5, for example. */
  public Attention scaled(double other) {
    return new Attention(mask, causal, OptionalDouble.of(other), cap);
  }

  /** A copy with a bound of scores. */
  public Attention capped(double bound) {
    return new Attention(mask, causal, scale, OptionalDouble.of(bound));
  }
}
