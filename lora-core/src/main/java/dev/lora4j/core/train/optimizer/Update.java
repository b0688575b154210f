package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import java.util.List;

/** A step as an optimizer sees it: its inputs, and the values that it may change. */
public interface Update {
  /** Weights with their gradient and their slots. */
  interface Part {
    /** Learning rate of these weights as a multiple of {@link Update#rate}. */
    double multiple();

    /** The learning rate of these weights; a scalar F64. */
    Expr rate();

    /** The weights, to be changed in place. */
    Expr weights();

    /** The loss's gradient with respect to the weights, clipped; of the same shape. */
    Expr gradient();

    /** Value of a {@link OptimizerSlot.PerWeight} for these weights, to be changed in place. */
    Expr slot(String name);
  }

  /** A part that is one weight. */
  interface Whole extends Part {
    /** The weight, whose shape its {@link #weights} and {@link #gradient} have. */
    Parameter parameter();

    /** Number of the {@link Update#runs run} that it is in, from 0; its weights are in order. */
    int run();
  }

  /** Graph that the step is staged in. */
  Graph graph();

  /** The type of weights, gradients and vectors. */
  DType type();

  /** The requested learning rate; a scalar F64. */
  Expr rate();

  /** The number of this step, from 1, without those that were skipped; a scalar F64. */
  Expr count();

  /** True if the gradient is finite, so that the step is taken; a scalar BOOL. */
  Expr taken();

  /** Value of a {@link OptimizerSlot.Scalar}; a scalar F64, to be changed in place. */
  Expr scalar(String name);

  /** All weights as few flat vectors [n], one for each rate. */
  List<Part> runs();

  /** All weights one by one, each in its own shape, which may have unknown sizes. */
  List<Whole> weights();

  /** Stages that {@code target} becomes {@code value} if the step is taken. */
  default void replace(Expr target, Expr value) {
    replace(target, value, taken());
  }

  /**
   * Stages that {@code target} becomes {@code value} where {@code condition} holds, which must not
   * hold if the step is not taken.
   */
  default void replace(Expr target, Expr value, Expr condition) {
    graph().effect("where", condition, value, target, Keyword.of("out", target));
  }
}
