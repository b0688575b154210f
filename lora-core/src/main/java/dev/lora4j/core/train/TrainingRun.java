package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
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
import java.util.Optional;
import java.util.function.Function;

/** A {@link TrainingStep} at work on a {@link TrainingState}. For one thread at a time. */
public final class TrainingRun implements AutoCloseable {
  /**
   * Outcome of a step.
   *
   * @param loss of its batch, before the step
   * @param gradientNorm before clipping
   * @param skipped whether the gradient was not finite, so that nothing changed
   * @param measures numbers of its batch beside the loss, by their names, in order
   */
  public record Outcome(
      float loss, float gradientNorm, boolean skipped, Map<String, Float> measures) {}

  /**
   * Change of the weights by a gradient.
   *
   * @param gradientNorm before clipping
   * @param skipped whether the gradient was not finite, so that nothing changed
   */
  public record Update(float gradientNorm, boolean skipped) {}

  /** The sum of gradients until weights change, which belongs to the run. */
  static final String SUM = "gradient_sum";

  private final Scope scope;
  private final TrainingStep step;
  private final TrainingState state;
  private final HeldInputs held;
  private Optional<TensorCopy> copy = Optional.empty();

  private TrainingRun(Scope scope, TrainingStep step, TrainingState state, HeldInputs held) {
    this.scope = scope;
    this.step = step;
    this.state = state;
    this.held = held;
  }

  static TrainingRun of(
      Scope owner,
      TrainingStep step,
      TrainingState state,
      FlatLayout layout,
      Function<String, Tensor> frozen) {
    requireSame(step, state, layout);
    Scope scope = owner.child("training");
    try (Scope views = scope.child("views")) {
      HeldInputs held = step.program().hold(scope, held(scope, views, step, state, layout, frozen));
      return new TrainingRun(scope, step, state, held);
    }
  }

  /* Lists are made anew for each run of a part, so the views stay as long as the run. */
  static TrainingRun within(
      Scope owner,
      TrainingStep step,
      TrainingState state,
      FlatLayout layout,
      Function<String, Tensor> frozen,
      long memory) {
    requireSame(step, state, layout);
    Scope scope = owner.child("training");
    HeldInputs held =
        step.program().hold(scope, held(scope, scope, step, state, layout, frozen), memory);
    return new TrainingRun(scope, step, state, held);
  }

  private static Function<String, Tensor> held(
      Scope scope,
      Scope views,
      TrainingStep step,
      TrainingState state,
      FlatLayout layout,
      Function<String, Tensor> frozen) {
    long summed = step.settings().accumulate() ? layout.length() : 0;
    HostTensor zeros = HostTensor.of(Shape.of(summed), new float[Math.toIntExact(summed)]);
    Tensor sum = zeros.on(scope, step.type());
    return name ->
        step.inputs()
            .tensor(views, state, sum, name)
            .or(() -> layout.slot(name).map(slot -> view(views, state, slot)))
            .orElseGet(() -> frozen.apply(name));
  }

  private static void requireSame(TrainingStep step, TrainingState state, FlatLayout layout) {
    if (state.step() != step) {
      throw new TensorException("The state belongs to another step; begin it with this one.");
    }
    List<Slot> own = state.layout(TrainingState.WEIGHTS).slots();
    if (!own.equals(layout.slots())) {
      throw new TensorException(
          "The state was laid out for "
              + own.size()
              + " weights in another way than the layout's "
              + layout.slots().size()
              + "; use one layout for both.");
    }
  }

  private static Tensor view(Scope views, TrainingState state, Slot slot) {
    return state.weights().view(views, slot.offset(), slot.parameter().shape());
  }

  /** The state that the run changes. */
  public TrainingState state() {
    return state;
  }

  /**
   * Takes a step on one batch.
   *
   * @param batch the inputs that the loss declared, in order
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
   * Adds a batch's gradient to the sum; weights and optimizer do not change.
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

  /**
   * Takes a step with a gradient that was formed elsewhere; of {@link TrainingStep#ofSums}.
   *
   * @param sum the whole gradient, unscaled, [n], in the type of the weights
   * @throws TensorException if it is of another type or number than the weights
   */
  public Update update(double learningRate, HostTensor sum) {
    Tensor weights = state.weights();
    if (sum.dtype() != weights.dtype() || !sum.shape().equals(weights.shape())) {
      throw new TensorException(
          "The gradient is "
              + sum
              + ", but the weights are "
              + weights.dtype()
              + " "
              + weights.shape()
              + "; it belongs to another adapter.");
    }
    try (Scope work = scope.child("step")) {
      List<Tensor> out = run(work, learningRate, 1, true, List.of(sum.on(work)));
      return updated(out, true);
    }
  }

  /**
   * Gives the state the contents of another of the same step and layout.
   *
   * @param contents see {@link TrainingState#contents}
   * @throws TensorException if they are not those of this step and layout; nothing changed then
   */
  public void restore(Map<String, HostTensor> contents, LossScale lossScale) {
    state.requireAlike(contents);
    TensorCopy copying = copy.orElseGet(() -> new TensorCopy(scope));
    copy = Optional.of(copying);
    contents.forEach((name, values) -> copying.copy(values, state.tensor(name)));
    state.lossScale(lossScale);
  }

  private Outcome run(double learningRate, double share, boolean last, List<Tensor> batch) {
    try (Scope work = scope.child("step")) {
      List<Tensor> out = run(work, learningRate, share, last, batch);
      Update update = updated(out, last);
      Map<String, Float> measures = new LinkedHashMap<>();
      for (int i = 0; i < step.measures().size(); i++) {
        measures.put(step.measures().get(i), number(out.get(3 + i)));
      }
      return new Outcome(number(out.get(2)), update.gradientNorm(), update.skipped(), measures);
    }
  }

  private List<Tensor> run(
      Scope work, double learningRate, double share, boolean last, List<Tensor> batch) {
    double scale = state.lossScale().scale();
    StepControls controls = new StepControls(learningRate, state.averaging(), share, last, scale);
    List<Tensor> all = new ArrayList<>(batch);
    all.add(controls.tensor(work));
    return step.program().run(work, held, all);
  }

  private Update updated(List<Tensor> out, boolean last) {
    boolean skipped = last && out.get(1).floats()[0] == 0;
    if (last && step.settings().scaled()) {
      state.lossScale(state.lossScale().after(skipped));
    }
    return new Update(number(out.get(0)), skipped);
  }

  private static float number(Tensor scalar) {
    return (float) HostTensor.of(scalar).doubles()[0];
  }

  @Override
  public void close() {
    scope.close();
  }
}
