package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Cost;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Training speed of a machine.
 *
 * @param flops floating-point operations in a second of products
 * @param traffic bytes that operators read and write in a second
 * @param operator seconds that an operator takes whatever it does
 */
public record TrainingSpeed(double flops, double traffic, double operator) {
  /** Most runs of each sample. */
  private static final int ROUNDS = 6;

  /** Seconds after which a sample has been run enough, if it was run twice. */
  private static final double LONG = 0.3;

  /** A machine that takes so many seconds for a small sample needs no large one. */
  private static final double ENOUGH = 0.05;

  private static final int WIDTH = 320;
  private static final int SIDE = 32;
  private static final int SMALL_SIDE = 8;
  private static final int KERNEL = 3;

  private static final int CHAIN = 200;

  /** Checks the ranges. */
  public TrainingSpeed {
    if (!(flops > 0 && traffic > 0 && operator >= 0)) {
      throw new IllegalArgumentException(
          "A machine does more than nothing in a second, found "
              + flops
              + " operations and "
              + traffic
              + " bytes, and an operator of "
              + operator
              + " seconds.");
    }
  }

  /**
   * Measures the engine's device by a linear layer and a convolution, by activations, and by many
   * small operators, each with its gradient; on a slow machine by fewer and smaller ones.
   *
   * @param type the type to compute in
   */
  public static TrainingSpeed measure(Engine engine, DType type) {
    return measure(engine, type, System::nanoTime);
  }

  /** {@link #measure(Engine, DType)} by a clock that counts nanoseconds. */
  static TrainingSpeed measure(Engine engine, DType type, LongSupplier clock) {
    try (Scope scope = engine.scope("rate")) {
      double operator = Sample.small(scope, type).secondsFor(Cost::operators, scope, clock);
      double moving = Sample.activations(scope, type).secondsFor(Cost::traffic, scope, clock);
      return new TrainingSpeed(1 / products(scope, type, clock), 1 / moving, operator);
    }
  }

  private static double products(Scope scope, DType type, LongSupplier clock) {
    Sample small = Sample.products(scope, type, SMALL_SIDE);
    double seconds = small.secondsFor(Cost::flops, scope, clock);
    return seconds * small.cost.flops() > ENOUGH
        ? seconds
        : Sample.products(scope, type, SIDE).secondsFor(Cost::flops, scope, clock);
  }

  /**
   * A piece of a network.
   *
   * @param cost of a run
   */
  private record Sample(Program program, List<Tensor> inputs, Cost cost) {
    static Sample small(Scope scope, DType type) {
      Graph graph = Graph.sized(i -> i);
      Expr x = graph.input("x", type, Shape.of(1, 1)).trainable();
      Expr y = x;
      for (int i = 0; i < CHAIN; i++) {
        y = y.add(x);
      }
      return of(scope, graph, graph.gradients(y.sum(), List.of(x)));
    }

    /** A linear layer and a convolution over a picture of this side. */
    static Sample products(Scope scope, DType type, long side) {
      Graph graph = Graph.sized(i -> i);
      Expr tokens = graph.input("tokens", type, Shape.of(side * side, WIDTH)).trainable();
      Expr picture = graph.input("picture", type, Shape.of(1, WIDTH, side, side)).trainable();
      Expr matrix = graph.input("matrix", type, Shape.of(WIDTH, WIDTH));
      Expr kernel = graph.input("kernel", type, Shape.of(WIDTH, WIDTH, KERNEL, KERNEL));
      Expr sum = tokens.linear(matrix).mean().add(picture.conv2d(kernel, 1, 1).mean());
      List<Expr> gradients = graph.gradients(sum, List.of(tokens, picture));
      return of(scope, graph, gradients);
    }

    static Sample activations(Scope scope, DType type) {
      Graph graph = Graph.sized(i -> i);
      Expr x = graph.input("x", type, Shape.of(1, WIDTH, SIDE, SIDE)).trainable();
      Expr scale = graph.input("scale", type, Shape.of(WIDTH));
      Expr y = x.groupNorm(SIDE, scale, scale, 1e-5).silu().add(x).gelu();
      List<Expr> gradients = graph.gradients(y.mean(), List.of(x));
      return of(scope, graph, gradients);
    }

    private static Sample of(Scope scope, Graph graph, List<Expr> outputs) {
      Program program = graph.training(scope, outputs);
      List<Tensor> inputs = new ArrayList<>();
      for (Graph.Input input : graph.inputs()) {
        float[] values = new float[Math.toIntExact(input.shape().elements())];
        for (int i = 0; i < values.length; i++) {
          values[i] = (i % 17 - 8) / 64f;
        }
        inputs.add(Tensor.of(scope, input.shape(), values).to(scope, input.dtype()));
      }
      return new Sample(program, inputs, graph.cost());
    }

    /** Seconds for each of what is counted, in the quickest of some runs, the least disturbed. */
    double secondsFor(ToLongFunction<Cost> counted, Scope scope, LongSupplier clock) {
      double best = Double.MAX_VALUE;
      double spent = 0;
      // The first run of a program allocates memory, so that its time alone does not count.
      for (int round = 0; round < ROUNDS && (round < 2 || spent < LONG); round++) {
        try (Scope run = scope.child("round")) {
          long began = clock.getAsLong();
          // A card computes asynchronously until a read.
          program.run(run, inputs).get(0).bytes();
          double seconds = (clock.getAsLong() - began) / 1e9;
          best = Math.min(best, seconds);
          spent += seconds;
        }
      }
      return best / counted.applyAsLong(cost);
    }
  }
}
