package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import java.util.OptionalInt;

/**
 * How far back a token sees (sliding window attention, Beltagy et al. 2020).
 *
 * @param window how many tokens, itself included; all if absent
 */
public record Reach(OptionalInt window) {
  /** All tokens before. */
  public static final Reach ALL = new Reach(OptionalInt.empty());

  /** The last {@code tokens} tokens. */
  public static Reach of(int tokens) {
    return new Reach(OptionalInt.of(tokens));
  }

  /** Whether there is a window. */
  boolean isPresent() {
    return window.isPresent();
  }

  /** Causal attention among the tokens of {@code q} [batch, heads, tokens, width]. */
  Attention masked(Expr q) {
    Graph graph = q.graph();
    Expr places = Constants.arange(graph, DType.I64, q.dim(2));
    return Attention.PLAIN.masked(visible(places.unsqueeze(1), places.unsqueeze(0)));
  }

  /**
   * Whether a token sees a key, BOOL of the places' common shape.
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
