package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.util.function.UnaryOperator;

/** State that an optimizer keeps from step to step. */
public sealed interface OptimizerSlot {
  /** Name of lower-case letters and underscores; also that of the checkpoint's tensor. */
  String name();

  /** Type of its values, beside weights of a type. */
  DType type(DType weights);

  /**
   * Bytes that it takes for a weight.
   *
   * @param weight the weight's shape, fully known
   * @param weights the type of the weights
   */
  long bytes(Shape weight, DType weights);

  /**
   * A number in F64.
   *
   * @param start its value before the first step
   */
  record Scalar(String name, double start) implements OptimizerSlot {
    @Override
    public DType type(DType weights) {
      return DType.F64;
    }

    /** None: one number serves all weights. */
    @Override
    public long bytes(Shape weight, DType weights) {
      return 0;
    }
  }

  /**
   * Numbers for each weight, in the weights' type, laid out one weight after another.
   *
   * @param shape from the shape of a weight, which may have unknown sizes, to that of its numbers
   * @param weights whether it begins as a copy of the weights, which have the same shape; else as 0
   */
  record Vector(String name, UnaryOperator<Shape> shape, boolean weights) implements PerWeight {
    @Override
    public DType type(DType weights) {
      return weights;
    }
  }

  /**
   * Bytes for each weight, laid out one weight after another, 0 before the first step: codes of
   * numbers.
   *
   * @param shape from the shape of a weight, which may have unknown sizes, to that of its bytes
   * @param zero the code of the number 0
   */
  record Codes(String name, UnaryOperator<Shape> shape, int zero) implements PerWeight {
    @Override
    public DType type(DType weights) {
      return DType.U8;
    }
  }

  /** A slot with a part for each weight. */
  sealed interface PerWeight extends OptimizerSlot {
    /** From the shape of a weight, which may have unknown sizes, to that of its part. */
    UnaryOperator<Shape> shape();

    @Override
    default long bytes(Shape weight, DType weights) {
      return type(weights).bytes(shape().apply(weight).elements());
    }
  }

  /** A number for each element of the weights, 0 before the first step. */
  static OptimizerSlot zeros(String name) {
    return new Vector(name, shape -> shape, false);
  }

  /** A number for each element of the weights, that element before the first step. */
  static OptimizerSlot copyOfWeights(String name) {
    return new Vector(name, shape -> shape, true);
  }
}
