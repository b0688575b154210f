package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs of a program in F32, from -0.5 to 0.5, the same in each run. */
final class DrawnInputs {
  private DrawnInputs() {}

  /**
   * One for each declared input.
   *
   * @param size what is taken for each size that is not known
   */
  static List<Tensor> of(Scope scope, Program program, int size) {
    SplittableRandom random = new SplittableRandom(7);
    List<Tensor> tensors = new ArrayList<>();
    for (Graph.Input input : program.inputs()) {
      Shape shape = input.shape().filled(size);
      float[] values = new float[(int) shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      tensors.add(Tensor.of(scope, shape, values));
    }
    return tensors;
  }
}
