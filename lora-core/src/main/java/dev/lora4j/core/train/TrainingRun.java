package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A {@link TrainingStep} at work on a {@link TrainingState}. For one thread at a time. */
public final class TrainingRun implements AutoCloseable {
  /**
   * What a step did.
   *
   * @param loss of its batch, before the step
   * @param gradientNorm before clipping
   * @param skipped whether the gradient was not finite, so that nothing changed
   */
  public record Outcome(float loss, float gradientNorm, boolean skipped) {}

  private final Scope scope;
  private final TrainingStep step;
  private final TrainingState state;
  private final Held held;
  private final Tensor sum;

  private TrainingRun(Scope scope, TrainingStep step, TrainingState state, Held held, Tensor sum) {
    this.scope = scope;
    this.step = step;
    this.state = state;
    this.held = held;
    this.sum = sum;
  }

  static TrainingRun of(
      Scope owner,
      TrainingStep step,
      TrainingState state,
      FlatLayout layout,
      Function<String, Tensor> frozen) {
    if (state.weights().shape().elements() != layout.length()) {
      throw new TensorException(
          "The state has "
              + state.weights().shape().elements()
              + " weights, but the layout has "
              + layout.length()
              + ".");
    }
    Scope scope = owner.child("training");
    try (Scope views = scope.child("views")) {
      Held held =
          step.program()
              .hold(
                  scope,
                  name -> {
                    Optional<Slot> slot = layout.slot(name);
                    return slot.isPresent() ? view(views, state, slot.get()) : frozen.apply(name);
                  });
      long summed = step.settings().accumulate() ? layout.length() : 0;
      Tensor sum = Tensor.of(scope, Shape.of(summed), new float[Math.toIntExact(summed)]);
      return new TrainingRun(scope, step, state, held, sum);
    }
  }

  private static Tensor view(Scope views, TrainingState state, Slot slot) {
    return state.weights().view(views, slot.offset(), slot.parameter().shape());
  }

  /** What it changes. */
  public TrainingState state() {
    return state;
  }

  /**
   * Takes a step on one batch.
   *
   * @param batch the inputs declared after {@link TrainingStep.Inputs}, in order
   */
  public Outcome step(double learningRate, List<Tensor> batch) {
    return step(learningRate, 1, batch);
  }

  /**
   * Adds a batch's gradient to the sum and takes a step with the sum, which then is empty again.
   *
   * @param share what the batch's gradient is multiplied by, for example 1 / number of batches
   */
  public Outcome step(double learningRate, double share, List<Tensor> batch) {
    return run(learningRate, share, true, batch);
  }

  /**
   * Adds a batch's gradient to the sum; weights and optimiser stay as they are.
   *
   * @param share see {@link #step(double, double, List)}
   * @throws TensorException if the step was not compiled for accumulation
   */
  public Outcome accumulate(double share, List<Tensor> batch) {
    if (!step.settings().accumulate()) {
      throw new TensorException("This step was not compiled to accumulate gradients.");
    }
    return run(0, share, false, batch);
  }

  private Outcome run(double learningRate, double share, boolean last, List<Tensor> batch) {
    try (Scope work = scope.child("step")) {
      List<Tensor> all = new ArrayList<>(state.tensors());
      all.add(Tensor.scalar(work, (float) learningRate));
      all.add(Tensor.scalar(work, (float) state.averaging()));
      all.add(sum);
      all.add(Tensor.scalar(work, (float) share));
      all.add(Tensor.scalar(work, last ? 1 : 0));
      all.add(Tensor.scalar(work, (float) state.lossScale().scale()));
      all.addAll(batch);
      List<Tensor> out = step.program().run(work, held, all);
      boolean skipped = last && out.get(2).floats()[0] == 0;
      if (last && step.settings().scaled()) {
        state.lossScale(state.lossScale().after(skipped));
      }
      return new Outcome(out.get(0).floats()[0], out.get(1).floats()[0], skipped);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
