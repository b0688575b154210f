package dev.lora4j.text.network;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.HashMap;
import java.util.Map;

/** Turns of a program's positions; each rotary embedding is staged once, by its first layer. */
public final class RopeTurns {
  private final Expr positions;
  private final DType compute;
  private final Map<Rope, Rope.Turns> staged = new HashMap<>();

  /**
   * For the layers of one program.
   *
   * @param positions I64 [batch, tokens]
   * @param compute the type of queries and keys
   */
  public RopeTurns(Expr positions, DType compute) {
    this.positions = positions;
    this.compute = compute;
  }

  /** Cosines and sines of a rotary embedding. */
  public Rope.Turns of(Rope rope) {
    return staged.computeIfAbsent(rope, r -> r.stage(positions, compute));
  }
}
