package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * State of training: the weights, the optimizer's slots, the moving average of the weights if there
 * is one, and the count of steps. Owned by the scope it was made in.
 */
public final class TrainingState {
  /** Name of the weights among the {@link #contents}. */
  public static final String WEIGHTS = "weights";

  static final String AVERAGE = "average";

  /** Name of the count of steps among the {@link #contents}. */
  public static final String STEPS = "steps";

  private final TrainingStep step;
  private final FlatLayout layout;
  private final Map<String, FlatLayout> layouts = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private LossScale lossScale = LossScale.FIRST;

  private TrainingState(TrainingStep step, FlatLayout layout) {
    this.step = step;
    this.layout = layout;
    layouts.put(WEIGHTS, layout);
  }

  /**
   * The state before the first step.
   *
   * @param layout where each of the step's weights lies
   * @param initial the weights' first values
   * @param storage where the optimizer's slots lie
   */
  public static TrainingState begin(
      Scope scope, TrainingStep step, FlatLayout layout, float[] initial, SlotStorage storage) {
    if (initial.length != layout.length()) {
      throw new TensorException(
          initial.length + " first values were given for " + layout.length() + " weights.");
    }
    TrainingState state = new TrainingState(step, layout);
    HostTensor weights = HostTensor.of(Shape.of(initial.length), initial);
    state.lay(scope, storage, state.first(Optional.of(weights)));
    return state;
  }

  /** {@link #begin(Scope, TrainingStep, FlatLayout, float[], SlotStorage)} in memory. */
  public static TrainingState begin(
      Scope scope, TrainingStep step, FlatLayout layout, float[] initial) {
    return begin(scope, step, layout, initial, SlotStorage.MEMORY);
  }

  /** {@link #begin(Scope, TrainingStep, FlatLayout, float[])} where all shapes are known. */
  public static TrainingState begin(Scope scope, TrainingStep step, float[] initial) {
    return begin(scope, step, step.layout(), initial);
  }

  /** The first values of all tensors by name, in the order of {@link #contents}. */
  private Map<String, FirstValues> first(Optional<HostTensor> weights) {
    FirstValues begun = new FirstValues(step.type(), Shape.of(layout.length()), weights);
    Map<String, FirstValues> all = new LinkedHashMap<>();
    all.put(WEIGHTS, begun);
    for (OptimizerSlot memory : step.settings().optimizer().memories()) {
      all.put(memory.name(), first(memory, begun));
    }
    if (step.settings().averageDecay() > 0) {
      all.put(AVERAGE, begun);
    }
    all.put(STEPS, new FirstValues(DType.F32, Shape.of(), Optional.empty()));
    return all;
  }

  private FirstValues first(OptimizerSlot memory, FirstValues weights) {
    if (memory instanceof OptimizerSlot.Scalar scalar) {
      HostTensor start = HostTensor.of(DType.F64, Shape.of(), new double[] {scalar.start()});
      return new FirstValues(DType.F64, Shape.of(), Optional.of(start));
    }
    FlatLayout own = own(layout, (OptimizerSlot.PerWeight) memory);
    layouts.put(memory.name(), own);
    return memory instanceof OptimizerSlot.Vector vector && vector.weights()
        ? weights
        : new FirstValues(memory.type(step.type()), Shape.of(own.length()), Optional.empty());
  }

  /** Makes the tensors. */
  private void lay(Scope scope, SlotStorage storage, Map<String, FirstValues> first) {
    Map<String, FirstValues> slots = new LinkedHashMap<>();
    for (OptimizerSlot memory : step.settings().optimizer().memories()) {
      if (memory instanceof OptimizerSlot.PerWeight) {
        slots.put(memory.name(), Objects.requireNonNull(first.get(memory.name())));
      }
    }
    Map<String, Tensor> laid = storage.tensors(scope, slots);
    first.forEach(
        (name, values) ->
            tensors.put(
                name,
                Optional.ofNullable(laid.get(name))
                    .orElseGet(() -> values.values().on(scope, values.type()))));
  }

  private static FlatLayout own(FlatLayout layout, OptimizerSlot.PerWeight vector) {
    List<Parameter> parameters = new ArrayList<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      Parameter p = slot.parameter();
      parameters.add(new Parameter(p.name(), vector.shape().apply(p.shape()), p.init()));
    }
    return FlatLayout.of(parameters);
  }

  /**
   * A state with these contents, as {@link #contents} gave them.
   *
   * @throws TensorException if they are not those of this step and layout
   */
  static TrainingState restore(
      Scope scope,
      TrainingStep step,
      FlatLayout layout,
      Map<String, HostTensor> contents,
      LossScale lossScale,
      SlotStorage storage) {
    TrainingState state = new TrainingState(step, layout);
    Map<String, FirstValues> first = state.first(Optional.empty());
    requireAlike(first, contents);
    contents.forEach(
        (name, stored) -> {
          FirstValues begun = Objects.requireNonNull(first.get(name), name);
          first.put(name, new FirstValues(begun.type(), begun.shape(), Optional.of(stored)));
        });
    state.lay(scope, storage, first);
    state.lossScale = lossScale;
    return state;
  }

  private static void requireAlike(
      Map<String, FirstValues> first, Map<String, HostTensor> contents) {
    if (!contents.keySet().equals(first.keySet())) {
      throw new TensorException(
          "The checkpoint has "
              + String.join(", ", contents.keySet())
              + "; the step needs "
              + String.join(", ", first.keySet())
              + ". They differ in whether there is a moving average.");
    }
    contents.forEach(
        (name, stored) -> {
          FirstValues begun = Objects.requireNonNull(first.get(name), name);
          if (begun.type() != stored.dtype() || !begun.shape().equals(stored.shape())) {
            throw new TensorException(
                "'"
                    + name
                    + "' is "
                    + stored
                    + " in the checkpoint, but "
                    + begun.type()
                    + " "
                    + begun.shape()
                    + " in the model; it belongs to another model.");
          }
        });
  }

  /**
   * Refuses contents of another step or layout.
   *
   * @throws TensorException with what differs
   */
  void requireAlike(Map<String, HostTensor> contents) {
    requireAlike(first(Optional.empty()), contents);
  }

  /** A tensor of the state that the step declares. */
  Tensor tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  /** Layout of a vector: the place of each weight's numbers. */
  FlatLayout layout(String vector) {
    return layouts.getOrDefault(vector, layout);
  }

  /** The step that it is the state of. */
  TrainingStep step() {
    return step;
  }

  /** Step of the average towards the weights, as a share of the distance, in the next step. */
  double averaging() {
    double decay = step.settings().averageDecay();
    if (decay == 0) {
      return 1;
    }
    long next = steps() + 1;
    // A young average follows faster, so that it is not weighed down by its random beginning.
    return 1 - Math.min(decay, (1.0 + next) / (10.0 + next));
  }

  /** Scale of the loss in the next step, if the step scales it. */
  public LossScale lossScale() {
    return lossScale;
  }

  void lossScale(LossScale next) {
    lossScale = next;
  }

  /** Steps taken, without those skipped. */
  public long steps() {
    return (long) tensor(STEPS).floats()[0];
  }

  /**
   * Copies of all tensors by name: {@code weights}, the optimizer's slots, {@code average} if there
   * is one, and {@code steps}.
   */
  public Map<String, HostTensor> contents() {
    Map<String, HostTensor> contents = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> contents.put(name, HostTensor.of(tensor)));
    return contents;
  }

  /** The weights that the next gradient is taken at, [n]; changes with the next step. */
  public Tensor weights() {
    return tensor(WEIGHTS);
  }

  /** The moving average of the weights, [n], if there is one; changes with the next step. */
  public Optional<Tensor> average() {
    return Optional.ofNullable(tensors.get(AVERAGE));
  }

  /**
   * A copy of the weights to evaluate and to save, [n]: the average if there is one, else the
   * optimizer's evaluation weights.
   */
  public Tensor evaluationWeights(Scope owner) {
    return step.evaluate(owner, this);
  }
}
