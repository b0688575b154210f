package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.train.objective.Loss;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Predictions less their targets, and losses of them.
 *
 * @param type that the loss is computed in
 * @param shape [batch, channels, h, w]
 * @param values of all elements
 * @param thresholds of each sample, for a loss that takes them
 */
record Differences(DType type, Shape shape, List<Double> values, List<Double> thresholds) {
  /**
   * Losses of elements, and their slopes.
   *
   * @param elements the loss
   * @param slopes the gradient of the sum of all losses
   */
  record Judged(List<Double> elements, List<Double> slopes) {}

  /** One number for each difference, whatever the type it was computed in. */
  Judged by(Loss loss, Engine engine) {
    try (Scope scope = engine.scope("loss")) {
      Graph graph = new Graph();
      long any = Shape.UNKNOWN;
      // As a run stages it: one program for all batches and sizes.
      Expr difference =
          graph.input("difference", type, Shape.of(any, shape.size(1), any, any)).trainable();
      Expr threshold = graph.input("threshold", type, Shape.of(any, 1, 1, 1));
      Expr elements =
          loss.elements(difference, loss.thresholded() ? Optional.of(threshold) : Optional.empty());
      assertEquals(type, elements.dtype(), "a loss of another type than the difference");
      Expr slopes = graph.gradients(elements.sum(), List.of(difference)).get(0);
      List<Tensor> judged =
          graph
              .training(scope, List.of(elements, slopes))
              .run(
                  scope,
                  tensor(shape, values).on(scope),
                  tensor(Shape.of(shape.size(0), 1, 1, 1), thresholds).on(scope));
      assertEquals(shape, judged.get(0).shape(), "a loss of another shape than the difference");
      return new Judged(doubles(judged.get(0)), doubles(judged.get(1)));
    }
  }

  private HostTensor tensor(Shape of, List<Double> numbers) {
    return HostTensor.of(type, of, numbers.stream().mapToDouble(d -> d).toArray());
  }

  private static List<Double> doubles(Tensor tensor) {
    return Arrays.stream(HostTensor.of(tensor).doubles()).boxed().toList();
  }

  /** The same thresholds with other differences. */
  Differences with(List<Double> others) {
    return new Differences(type, shape, others, thresholds);
  }
}
