package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A few weights of different ranks whose gradient is given: the loss is the sum of their products
 * with it.
 */
final class SmallProblem implements AutoCloseable {
  static final List<Parameter> PARAMETERS =
      List.of(
          parameter("one.down", 4, 6),
          parameter("one.up", 5, 4),
          parameter("two.down", 2, 3, 3, 3),
          parameter("two.up", 4, 2, 1, 1),
          parameter("two.bias", 4));

  /** Elements of all weights. */
  static final int LENGTH = 24 + 20 + 54 + 8 + 4;

  private final Scope scope;
  private final DType type;
  private final TrainingStep step;

  SmallProblem(Scope scope, DType type, StepSettings settings, ParameterGroups groups) {
    this.scope = scope;
    this.type = type;
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, type, groups);
    Expr gradient = graph.input("gradient", type, Shape.of(LENGTH));
    Expr loss = graph.constant(0, type);
    long offset = 0;
    for (Parameter p : PARAMETERS) {
      long length = p.shape().elements();
      Expr part = gradient.slice(0, offset, offset + length).reshape(p.shape().sizes());
      loss = loss.add(parameters.leaf(p).mul(part).sum());
      offset += length;
    }
    step = TrainingStep.compile(scope, parameters, loss, settings);
  }

  SmallProblem(Scope scope, Optimizer optimizer) {
    this(scope, DType.F32, StepSettings.of(optimizer, 0), ParameterGroups.NONE);
  }

  private static Parameter parameter(String name, long... sizes) {
    return new Parameter(name, Shape.of(sizes), Parameter.Init.KAIMING);
  }

  TrainingStep step() {
    return step;
  }

  FlatLayout layout() {
    return step.layout();
  }

  /** The state before the first step; some weights begin as plus or minus 0. */
  TrainingState begin() {
    float[] weights = new float[LENGTH];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < LENGTH; i++) {
      weights[i] = i % 7 == 0 ? (i % 2 == 0 ? 0f : -0f) : (float) (random.nextDouble() - 0.5);
    }
    return TrainingState.begin(scope, step, weights);
  }

  TrainingRun.Outcome step(TrainingRun run, double rate, double... gradient) {
    try (Scope work = scope.child("batch")) {
      Tensor tensor = HostTensor.of(type, Shape.of(LENGTH), gradient).on(work);
      return run.step(rate, List.of(tensor));
    }
  }

  /** A gradient for the step of this number; some elements are 0. */
  static double[] gradient(int number) {
    double[] gradient = new double[LENGTH];
    SplittableRandom random = new SplittableRandom(number + 100);
    for (int i = 0; i < LENGTH; i++) {
      gradient[i] = i % 11 == 0 ? 0 : random.nextDouble() - 0.5;
    }
    return gradient;
  }

  @Override
  public void close() {
    step.close();
  }
}
