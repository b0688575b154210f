package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.tensor.Expr;

/** A mixer's result at a parameter. */
public sealed interface MixedDelta {
  /**
   * All elements of the change.
   *
   * @param delta in the shape of the changes, F32
   */
  record Dense(Expr delta) implements MixedDelta {}

  /**
   * A product of two factors.
   *
   * @param factors down [rank, rest] and up [out, rank], F32
   */
  record Product(LowRank factors) implements MixedDelta {}

  /**
   * The stored factors of all parts added up, each with the root of weight times scale, down with
   * the sign of that product; for mixers that need {@link MixerRequirement#FACTORS_OF_ONE_RANK}. It
   * is no sum of the changes, since each up also meets the others' downs.
   *
   * @param lambda what the result is multiplied by
   */
  record Added(double lambda) implements MixedDelta {}
}
