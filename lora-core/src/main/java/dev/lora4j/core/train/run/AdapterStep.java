package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.DirectionUpdate;
import dev.lora4j.core.train.HeldOptimizer;
import dev.lora4j.core.train.MaskUpdate;
import dev.lora4j.core.train.MaskedOptimizer;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.SlotStorage;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.StagedAdapter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The compiled step of a task. For one thread at a time. */
public final class AdapterStep {
  private final AdapterPlan plan;
  private final TrainingSettings settings;
  private final RunFactors factors;
  private final TrainingStep step;
  private final OptionalLong weightsMemory;

  /**
   * Compiles it.
   *
   * @param scope owner of the program and of what it holds
   * @throws IllegalArgumentException if settings and plan do not go together, see {@link
   *     TrainingSettings#requireFits}
   */
  public AdapterStep(Scope scope, TrainingTask task, TrainingSettings settings) {
    this(scope, task, settings, true);
  }

  private AdapterStep(
      Scope scope, TrainingTask task, TrainingSettings settings, boolean computesGradients) {
    this.plan = task.plan();
    this.settings = settings;
    // The update alone uses none of the model's weights.
    weightsMemory = computesGradients ? task.weightsMemory() : OptionalLong.empty();
    factors = new RunFactors(scope, task, settings);
    TaskLoss staged = factors.staged();
    StepSettings how = settings.step(plan, task.compute());
    step =
        computesGradients
            ? TrainingStep.compile(
                scope, staged.parameters(), staged.loss(), staged.measures(), how)
            : TrainingStep.ofSums(scope, staged.parameters().alone(), how);
  }

  /** A step whose gradients are computed elsewhere; it takes their sums. */
  static AdapterStep ofSums(Scope scope, TrainingTask task, TrainingSettings settings) {
    return new AdapterStep(scope, task, settings, false);
  }

  /** The factors staged in the program. */
  public StagedAdapter factors() {
    return factors.factors();
  }

  /** The program. */
  public TrainingStep step() {
    return step;
  }

  /** Layout of the factors in the flat buffer. */
  public FlatLayout layout() {
    return factors.layout();
  }

  /** A copy of the flat buffer before the first step. */
  public float[] initial() {
    return factors.initial().clone();
  }

  /** The program's held tensors other than the trained ones, by name. */
  public Function<String, Tensor> held() {
    return factors.held();
  }

  /** The adapter with the factors as they are trained, in F32. */
  public Adapter unrounded(String name, TrainingState state) {
    return unrounded(name, state, 1);
  }

  /** {@link #unrounded(String, TrainingState)} with the alpha of each layer multiplied. */
  Adapter unrounded(String name, TrainingState state, double times) {
    return factors.unrounded(name, state.weights().floats(), times);
  }

  /**
   * Trained numbers as they are in a state, made when they are asked for.
   *
   * @param name of the adapter
   */
  public TrainedNumbers now(String name, TrainingState state) {
    return now(name, state, 1);
  }

  /** {@link #now(String, TrainingState)} with the alpha of each layer multiplied. */
  TrainedNumbers now(String name, TrainingState state, double times) {
    return factors.now(name, () -> state.weights().floats(), times);
  }

  /** Limit on the norm of layers' changes, if the settings request one. */
  Optional<MaxNorm> maxNorm(Scope scope) {
    if (settings.maxNorm().isEmpty()) {
      return Optional.empty();
    }
    double most = settings.maxNorm().getAsDouble();
    return Optional.of(
        MaxNorm.compile(
            scope, step, layout(), most, ProductLayers.of(plan, factors().parameters())));
  }

  /** Choice of the elements that are kept at 0, if the method has one. */
  Optional<MaskUpdate> masks(Scope scope) {
    return step.settings().optimizer() instanceof MaskedOptimizer masked
        ? Optional.of(new MaskUpdate(scope, masked, layout(), plan.maskedLayers()))
        : Optional.empty();
  }

  /** Choice of the directions that are trained, if the method has one. */
  Optional<DirectionUpdate> directions(Scope scope) {
    return step.settings().optimizer() instanceof HeldOptimizer held
        ? Optional.of(new DirectionUpdate(scope, held, layout(), plan.directionLayers()))
        : Optional.empty();
  }

  /** The state before the first step. */
  public TrainingState begin(Scope scope) {
    return begin(scope, SlotStorage.MEMORY);
  }

  /**
   * The state before the first step.
   *
   * @param storage where the optimizer's slots lie
   */
  public TrainingState begin(Scope scope, SlotStorage storage) {
    return TrainingState.begin(scope, step, layout(), factors.initial(), storage);
  }

  /** Joins the program with a state. */
  public TrainingRun bind(Scope scope, TrainingState state) {
    return bind(scope, state, held());
  }

  /** {@link #bind(Scope, TrainingState)} with the scale of each layer multiplied. */
  TrainingRun bind(Scope scope, TrainingState state, double times) {
    return bind(scope, state, held(scope, times));
  }

  private TrainingRun bind(Scope scope, TrainingState state, Function<String, Tensor> frozen) {
    return weightsMemory.isPresent()
        ? step.bind(scope, state, layout(), frozen, weightsMemory.getAsLong())
        : step.bind(scope, state, layout(), frozen);
  }

  /** {@link #held} with the scale of each layer multiplied. */
  Function<String, Tensor> held(Scope scope, double times) {
    if (times == 1) {
      return held();
    }
    Map<String, Tensor> scaled = factors().scales(scope, times);
    return name -> Optional.ofNullable(scaled.get(name)).orElseGet(() -> held().apply(name));
  }

  /**
   * The program's inputs for a batch.
   *
   * @param number of the batch, from 0 over the whole run: dropouts draw by it, methods by that of
   *     its step
   */
  public List<Tensor> inputs(Scope scope, long number, TrainingBatch batch) {
    return factors.inputs(scope, number, batch);
  }
}
