package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Scores of keys for a token, before softmax.
 *
 * @param window sliding window of the layer
 * @param added bias of the scores, of the type of the queries: [1 or batch, heads, tokens, keys],
 *     where the keys are those of {@link AttentionCache#distances}
 * @param scale scale of the products of queries and keys; 1/sqrt(width) if absent
 * @param cap bound that scaled products come near to ({@link Attention#cap}); none if absent
 */
public record AttentionScores(
    SlidingWindow window, Optional<Expr> added, OptionalDouble scale, OptionalDouble cap) {
  /** Scores by the products alone, scaled by 1/sqrt(width). */
  public static AttentionScores of(SlidingWindow reach) {
    return new AttentionScores(
        reach, Optional.empty(), OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** A copy with these numbers added. */
  public AttentionScores plus(Expr other) {
    return new AttentionScores(window, Optional.of(other), scale, cap);
  }

  /** A copy with products scaled otherwise. */
  public AttentionScores scaled(double other) {
    return new AttentionScores(window, added, OptionalDouble.of(other), cap);
  }

  /** A copy with a bound of scaled products. */
  public AttentionScores capped(double bound) {
    return new AttentionScores(window, added, scale, OptionalDouble.of(bound));
  }

  /**
   * Causal attention among tokens of whole sequences, which are those of {@code q} [batch, heads,
   * tokens, width].
   */
  Attention causal(Expr q) {
    if (added.isEmpty() && !window.isPresent()) {
      return set(Attention.CAUSAL);
    }
    Expr places = Constants.arange(q.graph(), DType.I64, q.dim(2));
    return masked(window.visible(places.unsqueeze(1), places.unsqueeze(0)));
  }

  /** Attention to keys where {@code visible} (BOOL, broadcasts to the scores) holds. */
  Attention masked(Expr visible) {
    Expr mask =
        added.map(a -> a.maskedFill(visible.not(), Double.NEGATIVE_INFINITY)).orElse(visible);
    return set(Attention.PLAIN.masked(mask));
  }

  private Attention set(Attention attention) {
    Attention scaled = scale.isPresent() ? attention.scaled(scale.getAsDouble()) : attention;
    return cap.isPresent() ? scaled.capped(cap.getAsDouble()) : scaled;
  }
}
