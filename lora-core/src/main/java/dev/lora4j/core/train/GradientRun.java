package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/** A {@link GradientProgram} at work on weights that others change. For one thread at a time. */
public final class GradientRun implements AutoCloseable {
  /**
   * Gradient of a batch.
   *
   * @param gradient of the mean loss of the batch, [n], laid out as the weights
   * @param loss of the batch
   * @param measures numbers of the batch beside the loss, by their names, in order
   */
  public record Gradient(HostTensor gradient, float loss, Map<String, Float> measures) {}

  private final Scope scope;
  private final GradientProgram step;
  private final Tensor weights;
  private final HeldInputs held;
  private final TensorCopy copy;

  GradientRun(
      Scope owner,
      GradientProgram step,
      FlatLayout layout,
      Function<String, Tensor> frozen,
      OptionalLong memory) {
    this.step = step;
    scope = owner.child("gradients");
    int length = Math.toIntExact(layout.length());
    weights = HostTensor.of(Shape.of(length), new float[length]).on(scope, step.type());
    Function<String, Tensor> tensors =
        name ->
            layout
                .slot(name)
                .map(s -> weights.view(scope, s.offset(), s.parameter().shape()))
                .orElseGet(() -> frozen.apply(name));
    held =
        memory.isPresent()
            ? step.program().hold(scope, tensors, memory.getAsLong())
            : step.program().hold(scope, tensors);
    copy = new TensorCopy(scope);
  }

  /**
   * Gives the weights other numbers.
   *
   * @param values [n], in the type of the weights
   * @throws TensorException if they are of another type or number
   */
  public void weights(HostTensor values) {
    if (values.dtype() != weights.dtype() || !values.shape().equals(weights.shape())) {
      throw new TensorException(
          "The weights are "
              + weights.dtype()
              + " "
              + weights.shape()
              + ", but "
              + values
              + " were given; they belong to another adapter.");
    }
    copy.copy(values, weights);
  }

  /**
   * The gradient of a batch at the weights as they are.
   *
   * @param lossScale see {@link LossScale}; 1 where the loss is not scaled
   * @param batch the inputs that the loss declared, in order
   */
  public Gradient of(double lossScale, List<Tensor> batch) {
    try (Scope work = scope.child("gradient")) {
      List<Tensor> all = new ArrayList<>(batch);
      all.add(HostTensor.of(DType.F64, Shape.of(), new double[] {lossScale}).on(work));
      List<Tensor> out = step.program().run(work, held, all);
      Map<String, Float> measures = new LinkedHashMap<>();
      for (int i = 0; i < step.measures().size(); i++) {
        measures.put(step.measures().get(i), number(out.get(2 + i)));
      }
      return new Gradient(HostTensor.of(out.get(0)), number(out.get(1)), measures);
    }
  }

  private static float number(Tensor scalar) {
    return (float) HostTensor.of(scalar).doubles()[0];
  }

  @Override
  public void close() {
    scope.close();
  }
}
