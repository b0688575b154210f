package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Shape;
import java.util.function.UnaryOperator;

/** State that an optimizer keeps from step to step. */
public sealed interface OptimizerSlot {
  /** Name of lower-case letters and underscores; also that of the checkpoint's tensor. */
  String name();

  /**
   * A number in F64.
   *
   * @param start its value before the first step
   */
  record Scalar(String name, double start) implements OptimizerSlot {}

  /**
   * Numbers for each weight, in the weights' type, laid out one weight after another.
   *
   * @param shape from the shape of a weight, which may have unknown sizes, to that of its numbers
   * @param weights whether it begins as a copy of the weights, which have the same shape; else as 0
   */
  record Vector(String name, UnaryOperator<Shape> shape, boolean weights)
      implements OptimizerSlot {}

  /** A number for each element of the weights, 0 before the first step. */
  static OptimizerSlot zeros(String name) {
    return new Vector(name, shape -> shape, false);
  }

  /** A number for each element of the weights, that element before the first step. */
  static OptimizerSlot copyOfWeights(String name) {
    return new Vector(name, shape -> shape, true);
  }
}
