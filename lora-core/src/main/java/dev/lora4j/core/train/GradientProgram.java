package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The part of a {@link TrainingStep} before its update, as a program of its own: the loss of a
 * batch and its gradient. The update of {@link TrainingStep#ofSums} takes sums of such gradients,
 * which may come from other machines.
 */
public final class GradientProgram implements AutoCloseable {
  private final Program program;
  private final FlatParameters parameters;
  private final List<String> measures;

  private GradientProgram(Program program, FlatParameters parameters, List<String> measures) {
    this.program = program;
    this.parameters = parameters;
    this.measures = List.copyOf(measures);
  }

  /**
   * Compiles it.
   *
   * @param parameters the trained parameters; the loss depends on all of them
   * @param loss a scalar of the parameters' {@linkplain FlatParameters#type type}
   * @param measures scalars in F32 by their names, without gradients
   * @param scaled see {@link StepSettings#scaled}
   */
  public static GradientProgram compile(
      Scope scope,
      FlatParameters parameters,
      Expr loss,
      Map<String, Expr> measures,
      boolean scaled) {
    Graph graph = parameters.graph();
    Expr scale = graph.input("loss_scale", DType.F64, Shape.of());
    Expr gradient = gradient(parameters, loss, scale, scaled);
    List<Expr> told = new ArrayList<>(List.of(gradient, loss.detach()));
    told.addAll(measures.values());
    return new GradientProgram(
        graph.training(scope, told), parameters, List.copyOf(measures.keySet()));
  }

  /**
   * The gradient of a loss, unscaled.
   *
   * @param lossScale scalar F64 that the loss is multiplied by if it is scaled
   */
  static Expr gradient(FlatParameters parameters, Expr loss, Expr lossScale, boolean scaled) {
    Expr scale = lossScale.to(parameters.type());
    Expr gradient = parameters.gradient(scaled ? loss.mul(scale) : loss);
    return scaled ? gradient.mul(scale.reciprocal()) : gradient;
  }

  /** The type of weights and gradients. */
  DType type() {
    return parameters.type();
  }

  List<String> measures() {
    return measures;
  }

  Program program() {
    return program;
  }

  /**
   * Joins the program with weights, all of which are 0 until they are {@linkplain
   * GradientRun#weights given}.
   *
   * @param owner owner of the run
   * @param layout layout of the trained weights
   * @param frozen other held inputs by name
   */
  public GradientRun bind(Scope owner, FlatLayout layout, Function<String, Tensor> frozen) {
    return new GradientRun(owner, this, layout, frozen, OptionalLong.empty());
  }

  /**
   * {@link #bind(Scope, FlatLayout, Function)} within a memory, as {@link TrainingStep#bind(Scope,
   * TrainingState, FlatLayout, Function, long)} has it.
   *
   * @param memory bytes that the held inputs may take at a time
   * @throws dev.lora4j.core.tensor.TensorException if it is too small
   */
  public GradientRun bind(
      Scope owner, FlatLayout layout, Function<String, Tensor> frozen, long memory) {
    return new GradientRun(owner, this, layout, frozen, OptionalLong.of(memory));
  }

  @Override
  public void close() {
    program.close();
  }
}
