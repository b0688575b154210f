package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One whole step of training as one program: forward, loss, gradients, clipping, optimiser, moving
 * average.
 *
 * <p>A step whose gradient is not finite changes nothing: neither weights nor the optimiser's state
 * nor its count of steps.
 */
public final class TrainingStep implements AutoCloseable {
  /**
   * What a step did.
   *
   * @param loss before the step
   * @param gradientNorm before clipping
   * @param skipped whether the gradient was not finite
   */
  public record Outcome(float loss, float gradientNorm, boolean skipped) {}

  private final Program program;
  private final List<FlatParameters.Slot> slots;
  private final long length;

  private TrainingStep(Program program, List<FlatParameters.Slot> slots, long length) {
    this.program = program;
    this.slots = slots;
    this.length = length;
  }

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

    /** The flat buffer of all trainable weights. */
    public Expr weights() {
      return weights;
    }
  }

  /**
   * Compiles a step.
   *
   * @param loss a scalar F32 that depends on all of {@code parameters}
   * @param clip greatest allowed norm of the whole gradient
   */
  public static TrainingStep compile(
      Scope scope, Inputs in, FlatParameters parameters, Expr loss, AdamW optimizer, double clip) {
    Expr gradient = parameters.gradient(loss);
    Expr norm = gradient.norm();
    // The norm is finite only if every element is, so one number decides.
    Expr skipped = norm.isFinite().to(DType.F32).neg().add(1);
    Expr scale = norm.add(1e-6).reciprocal().mul(clip).clamp(0, 1);
    Expr clipped = gradient.mul(scale);
    Graph graph = in.graph;
    // The fused kernel wants the count of the step it takes, from 1; a skipped step is not counted.
    graph.effect("add_", in.step, 1);
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
        Keyword.of("found_inf", skipped));
    graph.effect("sub_", in.step, skipped);
    Expr taken = skipped.neg().add(1);
    graph.effect("lerp_", in.average, in.weights, in.averaging.mul(taken));
    Program program = graph.training(scope, List.of(loss.detach(), norm, skipped));
    return new TrainingStep(program, parameters.slots(), parameters.length());
  }

  /** Where each weight lies in the flat buffers. */
  public List<FlatParameters.Slot> slots() {
    return slots;
  }

  /** Elements of the flat buffers. */
  public long length() {
    return length;
  }

  /**
   * Takes a step, changing {@code state} in place.
   *
   * @param learningRate of this step
   * @param batch the inputs declared after {@link Inputs}, in order
   */
  public Outcome run(TrainingState state, double learningRate, List<Tensor> batch) {
    try (Scope scope = state.scope().child("step")) {
      List<Tensor> all = new ArrayList<>(state.tensors());
      all.add(Tensor.scalar(scope, (float) learningRate));
      all.add(Tensor.scalar(scope, (float) state.averaging()));
      all.addAll(batch);
      List<Tensor> out = program.run(scope, all);
      boolean skipped = out.get(2).floats()[0] != 0;
      return new Outcome(out.get(0).floats()[0], out.get(1).floats()[0], skipped);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
