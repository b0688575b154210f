package dev.lora4j.core.adapter.training;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.function.Function;

/** Initialisation of a trained tensor. */
public sealed interface TensorInit {
  /** Uniform within 1 / sqrt(fan-in), fan-in being the elements of a row. */
  record Kaiming() implements TensorInit {}

  /**
   * Uniform from {@code -bound} to {@code bound}, for tensors whose rows are no rows of a factor.
   */
  record Uniform(double bound) implements TensorInit {}

  /** Normal with mean 0. */
  record Normal(double deviation) implements TensorInit {}

  /** Orthonormal rows; orthonormal columns if it has more rows than elements in a row. */
  record Orthogonal() implements TensorInit {}

  /** A constant for all elements. */
  record Constant(double value) implements TensorInit {}

  /**
   * Values that a program computes from the layer's weight.
   *
   * @param values from the weight, F32, to several values; shared by the tensors of a layer that
   *     come from one computation
   * @param index which of them it is
   */
  record OfWeight(Function<Expr, List<Expr>> values, int index) implements TensorInit {}

  /**
   * Values that a program computes from what rounding took from the layer's weight.
   *
   * @param values from the difference of the weight before rounding to the rounded one, F32, to
   *     several values; shared as in {@link OfWeight}
   * @param index which of them it is
   * @param otherwise of layers that were not rounded
   */
  record OfRounding(Function<Expr, List<Expr>> values, int index, TensorInit otherwise)
      implements TensorInit {}

  /** The layer's bias; for layers that have one. */
  record OfBias() implements TensorInit {}

  /** Values of another adapter. */
  record Copied(HostTensor values) implements TensorInit {}

  /** Zero for all elements. */
  TensorInit ZEROS = new Constant(0);
}
