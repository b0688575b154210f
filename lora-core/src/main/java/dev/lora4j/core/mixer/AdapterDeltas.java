package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Changes of adapters, for mixers that depend on them. */
@FunctionalInterface
public interface AdapterDeltas {
  /** Measurement of a change. A record: equal ones share a program and its results. */
  @FunctionalInterface
  interface Numbers {
    /**
     * Stages them.
     *
     * @param change at weight 1, [out, rest], F32
     * @return scalars of a floating-point type
     */
    List<Expr> of(Expr change);
  }

  /**
   * Measurements of an adapter's change of a layer's weight; none if it does not change that
   * weight.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if the base lacks the layer, or a method has
   *     no change of its own
   */
  List<Double> at(Adapter adapter, String site, Numbers numbers);
}
