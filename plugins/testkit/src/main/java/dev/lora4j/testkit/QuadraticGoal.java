package dev.lora4j.testkit;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.Arrays;
import java.util.List;

/** A weight that is pulled to a goal: half the squared distance is the loss. */
final class QuadraticGoal implements AutoCloseable {
  private static final Shape SHAPE = Shape.of(6, 5);
  private static final int LENGTH = 30;

  private final Scope scope;
  private final TrainingStep program;
  private final TrainingState state;
  private final TrainingRun run;

  QuadraticGoal(Scope scope, Optimizer optimizer) {
    this.scope = scope;
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F32);
    Expr weight = parameters.leaf(new Parameter("weight", SHAPE, Parameter.Init.KAIMING));
    Expr goal = graph.input("goal", DType.F32, SHAPE);
    Expr away = weight.sub(goal);
    program =
        TrainingStep.compile(
            scope, parameters, away.mul(away).sum().mul(0.5), StepSettings.of(optimizer, 0));
    float[] first = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      first[i] = (float) Math.sin(i + 1) / 2;
    }
    state = TrainingState.begin(scope, program, first);
    run = program.bind(scope, state);
  }

  /** One step towards numbers that are all {@code goal}. */
  TrainingRun.Outcome step(double rate, double goal) {
    return step(run, rate, goal);
  }

  /** The same of another run of the program. */
  TrainingRun.Outcome step(TrainingRun other, double rate, double goal) {
    float[] goals = new float[LENGTH];
    Arrays.fill(goals, (float) goal);
    try (Scope batch = scope.child("batch")) {
      return other.step(rate, List.of(Tensor.of(batch, SHAPE, goals)));
    }
  }

  TrainingState state() {
    return state;
  }

  TrainingStep program() {
    return program;
  }

  @Override
  public void close() {
    run.close();
    program.close();
  }
}
