package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * One whole step of training as one program: forward, loss, gradients, accumulation, clipping,
 * optimiser, moving average.
 *
 * <p>A step whose gradient is not finite changes nothing: neither weights nor the optimiser's state
 * nor its count of steps. The program knows neither batch nor resolution nor, where the trainable
 * weights leave a size unknown, that size; {@link #bind} joins it with weights.
 */
public final class TrainingStep implements AutoCloseable {
  /** The inputs that every training step begins with; declare them before any other. */
  public static final class Inputs {
    private final Graph graph = new Graph();
    private final Expr weights = vector("weights");
    private final Expr mean = vector("mean");
    private final Expr square = vector("square");
    private final Expr average = vector("average");
    private final Expr step = scalar("step");
    private final Expr rate = scalar("learning_rate");
    private final Expr averaging = scalar("averaging");
    private final Expr sum = vector("gradient_sum");
    private final Expr share = scalar("share");
    private final Expr last = scalar("last");
    private final Expr lossScale = scalar("loss_scale");

    private Expr vector(String name) {
      return graph.input(name, DType.F32, Shape.of(Shape.UNKNOWN));
    }

    private Expr scalar(String name) {
      return graph.input(name, DType.F32, Shape.of());
    }

    /** The graph to stage the loss in. */
    public Graph graph() {
      return graph;
    }
  }

  private final Program program;
  private final List<Parameter> parameters;
  private final StepSettings settings;

  private TrainingStep(Program program, List<Parameter> parameters, StepSettings settings) {
    this.program = program;
    this.parameters = parameters;
    this.settings = settings;
  }

  /**
   * Compiles a step.
   *
   * @param loss a scalar F32 that depends on all of {@code parameters}
   */
  public static TrainingStep compile(
      Scope scope, Inputs in, FlatParameters parameters, Expr loss, StepSettings settings) {
    Graph graph = in.graph;
    Expr gradient = gradient(in, parameters, loss, settings);
    Expr norm = gradient.norm();
    // The norm is finite only if every element is, so one number decides.
    Expr finite = norm.isFinite().to(DType.F32);
    Expr taken = settings.accumulate() ? finite.mul(in.last) : finite;
    Expr kept = taken.neg().add(1);
    Expr scale = norm.add(1e-6).reciprocal().mul(settings.clip()).clamp(0, 1);
    Expr clipped = gradient.mul(scale);
    // The fused kernel wants the count of the step it takes, from 1; a skipped step is not counted.
    graph.effect("add_", in.step, 1);
    AdamW optimizer = settings.optimizer();
    graph.effect(
        "_fused_adamw_",
        List.of(in.weights),
        List.of(clipped),
        List.of(in.mean),
        List.of(in.square),
        new Expr[0],
        List.of(in.step),
        Keyword.of("lr", in.rate),
        Keyword.of("beta1", optimizer.beta1()),
        Keyword.of("beta2", optimizer.beta2()),
        Keyword.of("weight_decay", optimizer.weightDecay()),
        Keyword.of("eps", optimizer.epsilon()),
        Keyword.of("amsgrad", false),
        Keyword.of("maximize", false),
        Keyword.of("found_inf", kept));
    graph.effect("sub_", in.step, kept);
    graph.effect("lerp_", in.average, in.weights, in.averaging.mul(taken));
    if (settings.accumulate()) {
      // Chosen, not multiplied by zero: a sum that is not finite must be forgotten too.
      Expr goOn = in.last.neg().add(1).to(DType.BOOL);
      Expr zeros = graph.call("zeros_like", DType.F32, in.sum.shape(), in.sum);
      Expr next = graph.call("where", DType.F32, in.sum.shape(), goOn, in.sum, zeros);
      graph.effect("copy_", in.sum, next);
    }
    Program program = graph.training(scope, List.of(loss.detach(), norm, finite));
    return new TrainingStep(program, parameters.parameters(), settings);
  }

  /** The whole gradient, unscaled and, if it is accumulated, summed. */
  private static Expr gradient(
      Inputs in, FlatParameters parameters, Expr loss, StepSettings settings) {
    if (!settings.scaled() && !settings.accumulate()) {
      return parameters.gradient(loss);
    }
    Expr scaled = settings.scaled() ? loss.mul(in.lossScale) : loss;
    Expr gradient = parameters.gradient(scaled);
    if (settings.scaled()) {
      gradient = gradient.mul(in.lossScale.reciprocal());
    }
    if (settings.accumulate()) {
      in.graph.effect("add_", in.sum, gradient.mul(in.share));
      return in.sum;
    }
    return gradient;
  }

  /** What the weights are, in the order of the flat buffers; shapes may have unknown sizes. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Where each weight lies, if all shapes are known. */
  public FlatLayout layout() {
    return FlatLayout.of(parameters);
  }

  StepSettings settings() {
    return settings;
  }

  Program program() {
    return program;
  }

  /**
   * Joins the program with the weights that it trains and those that it only uses.
   *
   * @param owner closes what the run needs beside the state
   * @param layout where each trained weight lies in the state
   * @param frozen other held inputs by name
   */
  public TrainingRun bind(
      Scope owner, TrainingState state, FlatLayout layout, Function<String, Tensor> frozen) {
    return TrainingRun.of(owner, this, state, layout, frozen);
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
  }
}
