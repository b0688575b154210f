package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One whole step of training as one program: forward, loss, gradients, accumulation, clipping,
 * optimizer, moving average.
 *
 * <p>A step whose gradient is not finite changes nothing: neither weights nor the optimizer's state
 * nor its count of steps. The program knows neither batch nor resolution nor, where the trainable
 * weights leave a size unknown, that size; {@link #bind} joins it with weights.
 */
public final class TrainingStep implements AutoCloseable {
  private final Program program;
  private final EvaluationWeights evaluation;
  private final FlatParameters parameters;
  private final StateInputs inputs;
  private final StepSettings settings;
  private final List<String> measures;

  private TrainingStep(
      Program program,
      EvaluationWeights evaluation,
      FlatParameters parameters,
      StateInputs inputs,
      StepSettings settings,
      List<String> measures) {
    this.program = program;
    this.evaluation = evaluation;
    this.parameters = parameters;
    this.inputs = inputs;
    this.settings = settings;
    this.measures = List.copyOf(measures);
  }

  /**
   * Compiles a step.
   *
   * @param parameters the trained parameters; the loss depends on all of them
   * @param loss a scalar of the parameters' {@linkplain FlatParameters#type type}, staged in their
   *     graph
   * @throws TensorException if the optimizer cannot train these groups of weights
   */
  public static TrainingStep compile(
      Scope scope, FlatParameters parameters, Expr loss, StepSettings settings) {
    return compile(scope, parameters, loss, Map.of(), settings);
  }

  /**
   * Compiles a step that reports more of a batch than its loss.
   *
   * @param loss see {@link #compile(Scope, FlatParameters, Expr, StepSettings)}
   * @param measures scalars in F32 by their names, without gradients
   */
  public static TrainingStep compile(
      Scope scope,
      FlatParameters parameters,
      Expr loss,
      Map<String, Expr> measures,
      StepSettings settings) {
    StepControls.Staged controls = StepControls.stage(parameters.graph());
    StateInputs state = new StateInputs(parameters);
    Expr gradient = gradient(controls, state, parameters, loss, settings);
    List<Expr> told = new ArrayList<>(List.of(loss.detach()));
    told.addAll(measures.values());
    List<String> names = List.copyOf(measures.keySet());
    return update(scope, parameters, controls, state, gradient, told, names, settings);
  }

  /**
   * Compiles the update of a step alone, for gradients of {@link GradientProgram}s that were summed
   * before. Its runs take {@linkplain TrainingRun#update sums}, and no batches.
   *
   * @param parameters the trained parameters, in a graph of their own
   * @throws TensorException if the optimizer cannot train these groups of weights
   */
  public static TrainingStep ofSums(Scope scope, FlatParameters parameters, StepSettings settings) {
    Shape vector = Shape.of(Shape.UNKNOWN);
    Expr sum = parameters.graph().input("sum", parameters.type(), vector);
    StepControls.Staged controls = StepControls.stage(parameters.graph());
    StateInputs state = new StateInputs(parameters);
    StepSettings once = settings.accumulatingNothing();
    return update(scope, parameters, controls, state, sum, List.of(), List.of(), once);
  }

  /** The part of a step that changes weights, after a gradient. */
  private static TrainingStep update(
      Scope scope,
      FlatParameters parameters,
      StepControls.Staged controls,
      StateInputs state,
      Expr whole,
      List<Expr> told,
      List<String> measures,
      StepSettings settings) {
    requireRates(parameters.parameters(), parameters.groups(), settings.optimizer());
    Graph graph = parameters.graph();
    DType type = parameters.type();
    Expr gradient = counted(settings, state, type, whole);
    Expr norm = gradient.norm();
    // The norm is finite only if every element is, so one number decides.
    Expr finite = norm.isFinite();
    Expr taken = settings.accumulate() ? finite.and(controls.last().to(DType.BOOL)) : finite;
    Expr steps = state.scalar(TrainingState.STEPS, DType.F32);
    StagedUpdate update =
        new StagedUpdate(
            parameters,
            settings.optimizer().memories(),
            state,
            clipped(gradient, norm, settings.clip()),
            controls.rate(),
            steps.to(DType.F64).add(1),
            taken);
    settings.optimizer().stage(update);
    graph.effect("add_", steps, taken.to(DType.F32));
    if (settings.averageDecay() > 0) {
      Expr way = controls.averaging().to(type);
      Expr average = state.whole(TrainingState.AVERAGE);
      update.replace(average, average.lerp(state.whole(TrainingState.WEIGHTS), way));
    }
    if (settings.accumulate()) {
      // Chosen, not multiplied by zero: a sum that is not finite must be forgotten too.
      Expr goOn = controls.last().neg().add(1).to(DType.BOOL);
      Expr sum = state.whole(TrainingRun.SUM);
      Expr zero = graph.constant(0, type);
      graph.effect("where", goOn, sum, zero, Keyword.of("out", sum));
    }
    List<Expr> outputs = new ArrayList<>(List.of(norm, finite.to(DType.F32)));
    outputs.addAll(told);
    Program program = graph.training(scope, outputs);
    EvaluationWeights evaluation = EvaluationWeights.compile(scope, parameters.type(), settings);
    return new TrainingStep(program, evaluation, parameters, state, settings, measures);
  }

  /**
   * Checks that an optimizer can give groups of weights their rates.
   *
   * @throws TensorException if a group has no weights, or the optimizer finds one rate for all
   */
  public static void requireRates(
      Collection<Parameter> parameters, ParameterGroups all, Optimizer optimizer) {
    List<ParameterGroups.Group> groups = all.groups();
    for (int i = 0; i < groups.size(); i++) {
      int group = i;
      if (parameters.stream().noneMatch(p -> all.of(p) == group)) {
        throw new TensorException(
            "No trained weight belongs to the group '" + groups.get(i).name() + "'.");
      }
      if (groups.get(i).rate() != 1 && !optimizer.takesSeveralRates()) {
        throw new TensorException(
            "The optimiser '"
                + optimizer.name()
                + "' finds one learning rate for all weights, but the group '"
                + groups.get(i).name()
                + "' asks for "
                + groups.get(i).rate()
                + " times the rate; take the group away or another optimiser.");
      }
    }
  }

  private static Expr counted(StepSettings settings, StateInputs state, DType type, Expr gradient) {
    Optimizer optimizer = settings.optimizer();
    return optimizer.counted(gradient, name -> state.whole(name, slot(optimizer, name).type(type)));
  }

  private static OptimizerSlot slot(Optimizer optimizer, String name) {
    return optimizer.memories().stream()
        .filter(slot -> slot.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new TensorException(optimizer.name() + " has no slot called " + name + "."));
  }

  private static Expr clipped(Expr gradient, Expr norm, double clip) {
    return clip == 0 ? gradient : gradient.mul(norm.add(1e-6).reciprocal().mul(clip).clamp(0, 1));
  }

  /** The whole gradient, unscaled and, if it is accumulated, summed. */
  private static Expr gradient(
      StepControls.Staged controls,
      StateInputs state,
      FlatParameters parameters,
      Expr loss,
      StepSettings settings) {
    Expr gradient =
        GradientProgram.gradient(parameters, loss, controls.lossScale(), settings.scaled());
    if (settings.accumulate()) {
      Expr sum = state.whole(TrainingRun.SUM);
      Expr share = controls.share().to(parameters.type());
      parameters.graph().effect("add_", sum, gradient.mul(share));
      return sum;
    }
    return gradient;
  }

  /** The weights in the order of the flat buffers; shapes may have unknown sizes. */
  public List<Parameter> parameters() {
    return parameters.parameters();
  }

  /** Layout of the weights, if all shapes are known. */
  public FlatLayout layout() {
    return FlatLayout.of(parameters());
  }

  /** Settings of the step other than the loss. */
  public StepSettings settings() {
    return settings;
  }

  /** Names of what is reported beside the loss, in order. */
  List<String> measures() {
    return measures;
  }

  /** The type of the weights. */
  DType type() {
    return parameters.type();
  }

  StateInputs inputs() {
    return inputs;
  }

  Tensor evaluate(Scope owner, TrainingState state) {
    return evaluation.weights(owner, state);
  }

  Program program() {
    return program;
  }

  /**
   * Joins the program with the weights that it trains and those that it only uses.
   *
   * @param owner owner of the run's tensors other than the state
   * @param layout layout of the trained weights in the state
   * @param frozen other held inputs by name
   */
  public TrainingRun bind(
      Scope owner, TrainingState state, FlatLayout layout, Function<String, Tensor> frozen) {
    return TrainingRun.of(owner, this, state, layout, frozen);
  }

  /**
   * {@link #bind(Scope, TrainingState, FlatLayout, Function)} within a memory. Blocks whose weights
   * are read for the step have to be {@linkplain Graph#checkpoint checkpointed}: a gradient graph
   * that lasts from one part to another keeps what it was recorded on.
   *
   * @param memory bytes that the held inputs may take at a time
   * @throws TensorException if it is too small
   */
  public TrainingRun bind(
      Scope owner,
      TrainingState state,
      FlatLayout layout,
      Function<String, Tensor> frozen,
      long memory) {
    return TrainingRun.within(owner, this, state, layout, frozen, memory);
  }

  /** {@link #bind(Scope, TrainingState, FlatLayout, Function)} without frozen weights. */
  public TrainingRun bind(Scope owner, TrainingState state) {
    return bind(
        owner,
        state,
        layout(),
        name -> {
          throw new IllegalStateException("no weight " + name);
        });
  }

  @Override
  public void close() {
    program.close();
    evaluation.close();
  }
}
