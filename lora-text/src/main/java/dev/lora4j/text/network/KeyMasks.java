package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/** Masks of the keys in a cache that a program's tokens see. */
final class KeyMasks {
  private final Expr positions;
  private final Expr places;

  /** Masks that are added to scores; layers with equal windows share them. */
  private final Map<SlidingWindow, Expr> added = new HashMap<>();

  /**
   * Masks of one program.
   *
   * @param positions I64 [batch, tokens]
   * @param places I64 [keys], 0, 1, ... as far as the longest sequence goes
   */
  KeyMasks(Expr positions, Expr places) {
    this.positions = positions;
    this.places = places;
  }

  /** True where a token sees a key, BOOL [batch, 1, tokens, keys]. */
  Expr visible(SlidingWindow reach) {
    Expr token = positions.unsqueeze(1).unsqueeze(3);
    return reach.visible(token, places.reshape(1, 1, 1, -1));
  }

  /** 0 where a token sees a key, else minus infinity: [batch, 1, tokens, keys]. */
  Expr added(SlidingWindow reach, DType type) {
    return added.computeIfAbsent(
        reach,
        r -> {
          Expr hidden = visible(r).not();
          return hidden.to(type).mul(0).maskedFill(hidden, Double.NEGATIVE_INFINITY);
        });
  }

  /** See {@link AttentionCache#distances}. */
  Expr distances(TokenInputs tokens) {
    return places.reshape(1, 1, -1).sub(tokens.positions().unsqueeze(2));
  }
}
