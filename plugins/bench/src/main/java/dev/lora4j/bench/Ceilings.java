package dev.lora4j.bench;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/**
 * The fastest that this machine computes and reads in F32, measured: a product of two large square
 * matrices, and the sum of a vector. Together they give the floor of a piece of work: the time
 * below which nobody can do it here.
 */
public final class Ceilings {
  private static final int SIDE = 1024;
  private static final int RUNS = 10;
  private static final long SMALLEST = 1 << 20;
  private static final long LARGEST = 1 << 28;

  private final Engine engine;
  private double flops;

  Ceilings(Engine engine) {
    this.engine = engine;
  }

  /** Floating-point operations in a second, of the best of a few products. */
  public double flops() {
    if (flops == 0) {
      float[] zeros = new float[SIDE * SIDE];
      Graph graph = new Graph();
      Expr a = graph.input("a", DType.F32, Shape.of(SIDE, SIDE));
      double best = best(graph, a.matmul(a), Shape.of(SIDE, SIDE), zeros);
      flops = 2.0 * SIDE * SIDE * SIDE / best;
    }
    return flops;
  }

  /** Bytes read in a second from {@code bytes} bytes; a few of them may lie in a cache. */
  public double bandwidth(double bytes) {
    int floats = (int) (Math.max(SMALLEST, Math.min(LARGEST, (long) bytes)) / Float.BYTES);
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
    return floats
        * (double) Float.BYTES
        / best(graph, x.sum(), Shape.of(floats), new float[floats]);
  }

  /**
   * Bytes read and written in a second by copying tensors of {@code bytes} bytes into new memory,
   * which the system has to hand out first.
   */
  public double copying(double bytes) {
    int floats = (int) (Math.max(SMALLEST, Math.min(LARGEST, (long) bytes)) / Float.BYTES);
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
    double seconds = best(graph, x.add(1), Shape.of(floats), new float[floats]);
    return 2.0 * floats * Float.BYTES / seconds;
  }

  private double best(Graph graph, Expr result, Shape shape, float... values) {
    try (Scope scope = engine.scope("ceilings")) {
      Program program = graph.inference(scope, List.of(result));
      Tensor input = Tensor.of(scope, shape, values);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < RUNS; i++) {
        try (Scope once = scope.child("once")) {
          long began = System.nanoTime();
          program.run(once, input);
          best = Math.min(best, (System.nanoTime() - began) / 1e9);
        }
      }
      return best;
    }
  }

  /** The floor of {@code work}, and how near to it {@code seconds} are. */
  public List<Detail> floor(Work work, double seconds) {
    double bandwidth = bandwidth(work.bytes());
    double computing = work.flops() / flops();
    double reading = work.bytes() / bandwidth;
    double floor = Math.max(computing, reading);
    return List.of(
        new Detail(
            "floor_ms",
            floor * 1e3,
            String.format(
                Locale.ROOT,
                "floor %.1f ms: %.2f GFLOP take %.1f ms at %.0f GFLOP/s, %.0f MB take %.1f ms at"
                    + " %.1f GB/s",
                floor * 1e3,
                work.flops() / 1e9,
                computing * 1e3,
                flops() / 1e9,
                work.bytes() / 1e6,
                reading * 1e3,
                bandwidth / 1e9)),
        new Detail(
            "flop_share",
            computing / seconds,
            String.format(Locale.ROOT, "FLOP share of ours %.0f %%", 100 * computing / seconds)));
  }
}
