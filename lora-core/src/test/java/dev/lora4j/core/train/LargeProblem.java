package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Weights with more and with fewer than 4,096 elements whose gradient is given, as {@code
 * golden/training/optimizers_8bit.py} has them.
 */
final class LargeProblem implements AutoCloseable {
  private static final List<Shape> SHAPES =
      List.of(Shape.of(48, 100), Shape.of(50, 80), Shape.of(64, 64), Shape.of(7));

  /** Elements of all weights. */
  static final int LENGTH = 4800 + 4000 + 4096 + 7;

  /** Elements of those that have codes, which the first and the third are. */
  static final int LARGE = 4800 + 4096;

  private final Scope scope;
  private final List<Parameter> parameters = new ArrayList<>();
  private final TrainingStep step;

  /**
   * @param sized whether the program knows the sizes of the weights
   */
  LargeProblem(Scope scope, Optimizer optimizer, boolean sized) {
    this.scope = scope;
    Graph graph = new Graph();
    FlatParameters flat = new FlatParameters(graph, DType.F32);
    Expr loss = graph.constant(0, DType.F32);
    for (int i = 0; i < SHAPES.size(); i++) {
      Shape shape = SHAPES.get(i);
      parameters.add(new Parameter("weight" + i, shape, Parameter.Init.KAIMING));
      Shape staged = sized ? shape : shape.with(0, Shape.UNKNOWN);
      Expr gradient = graph.input("gradient" + i, DType.F32, staged);
      Expr leaf = flat.leaf(new Parameter("weight" + i, staged, Parameter.Init.KAIMING));
      loss = loss.add(leaf.mul(gradient).sum());
    }
    step = TrainingStep.compile(scope, flat, loss, StepSettings.of(optimizer, 0));
  }

  TrainingStep step() {
    return step;
  }

  FlatLayout layout() {
    return FlatLayout.of(parameters);
  }

  TrainingState begin(SlotStorage storage) {
    float[] start = new float[LENGTH];
    for (long k = 0; k < LENGTH; k++) {
      start[(int) k] = ((k * 69069 + 1) % 4093 - 2046) / 4096f;
    }
    return TrainingState.begin(scope, step, layout(), start, storage);
  }

  TrainingRun bind(TrainingState state) {
    return step.bind(scope, state, layout(), name -> failed(name));
  }

  private static Tensor failed(String name) {
    throw new IllegalStateException("no weight " + name);
  }

  /** The gradient of a step, from 1. */
  static float[] gradient(int step) {
    float[] gradient = new float[LENGTH];
    for (long k = 0; k < LENGTH; k++) {
      if (k % 13 != 0 && (k < 512 || k >= 768)) {
        long mixed = (k * 40503 + step * 9973L + k * k % 8191 * (step + 7)) % 65521;
        gradient[(int) k] = (float) Math.scalb((mixed - 32760) / 65536.0, (int) -(k / 256 % 5 * 3));
      }
    }
    return gradient;
  }

  TrainingRun.Outcome step(TrainingRun run, double rate, float... gradient) {
    try (Scope work = scope.child("batch")) {
      List<Tensor> batch = new ArrayList<>();
      int from = 0;
      for (Shape shape : SHAPES) {
        int end = from + (int) shape.elements();
        batch.add(Tensor.of(work, shape, Arrays.copyOfRange(gradient, from, end)));
        from = end;
      }
      return run.step(rate, batch);
    }
  }

  @Override
  public void close() {
    step.close();
  }
}
