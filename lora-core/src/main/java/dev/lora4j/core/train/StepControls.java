package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;

/**
 * The numbers that change from step to step, which a step takes as one input.
 *
 * @param rate learning rate
 * @param averaging how far the average moves towards the weights
 * @param share what this batch's gradient is multiplied by
 * @param last whether the weights change now, or more gradients follow
 * @param lossScale what the loss is multiplied by
 */
record StepControls(double rate, double averaging, double share, boolean last, double lossScale) {
  /** The numbers within the program, each a scalar F64. */
  record Staged(Expr rate, Expr averaging, Expr share, Expr last, Expr lossScale) {}

  static Staged stage(Graph graph) {
    Expr all = graph.input("controls", DType.F64, Shape.of(5));
    return new Staged(
        all.select(0, 0), all.select(0, 1), all.select(0, 2), all.select(0, 3), all.select(0, 4));
  }

  Tensor tensor(Scope scope) {
    double[] values = {rate, averaging, share, last ? 1 : 0, lossScale};
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }
}
