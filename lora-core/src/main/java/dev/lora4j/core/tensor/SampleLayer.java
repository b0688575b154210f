package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Small layers on made-up numbers, plain or packed, to compare results and times. */
final class SampleLayer {
  /** The side of the smallest feature maps that are measured. */
  static final int SMALLEST = 8;

  /** Number of layers in a row, as in a network: the time includes the conversion between two. */
  private static final int LAYERS = 2;

  /** Channels of the trials. */
  private static final int TRIED = 64;

  private static final int CHANNELS_LAST = 2;

  private SampleLayer() {}

  /**
   * Runs a path once with a small weight and compares it with the plain operator.
   *
   * @return how it fails or differs by more than its arithmetic; empty if it does not
   */
  static Optional<String> difference(Engine engine, FastPath path) {
    LayerKind kind = new LayerKind(path, path.convolution(), TRIED);
    try {
      return engine.call(() -> compared(engine, kind));
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      return Optional.of(EngineErrors.reason(String.valueOf(e.getMessage())));
    }
  }

  private static Optional<String> compared(Engine engine, LayerKind kind) {
    try (Scope scope = engine.scope("fast-path")) {
      Packing tried = kind.admits(Packing.ALWAYS) ? Packing.ALWAYS : Packing.square(SMALLEST);
      int batch = Packing.BATCH;
      float[] plain = Layers.of(scope, kind, Packing.NEVER, batch, SMALLEST, true).run(scope);
      float[] packed = Layers.of(scope, kind, tried, batch, SMALLEST, true).run(scope);
      double scale = 0;
      double apart = 0;
      for (int i = 0; i < plain.length; i++) {
        scale = Math.max(scale, Math.abs(plain[i]));
        boolean finite = Float.isFinite(packed[i]);
        apart = finite ? Math.max(apart, Math.abs(plain[i] - packed[i])) : Double.MAX_VALUE;
      }
      long terms = kind.channels() * (kind.area() ? 9L : 1L);
      double allowed = LAYERS * RoundingTolerance.ofSums(kind.path().type(), terms);
      return apart <= allowed * scale
          ? Optional.empty()
          : Optional.of(
              "it gives other numbers than the plain operator, %.1g of their scale apart"
                  .formatted(apart / scale));
    }
  }

  /** Sides of the feature maps, or rows, at which a kind is measured, in rising order. */
  static int[] sides(LayerKind kind) {
    return kind.path().convolution() ? new int[] {SMALLEST, 16, 32} : new int[] {16, 128, 512};
  }

  /**
   * The times of layers of a kind, plain and packed.
   *
   * @param side of the feature maps, or rows of a product
   * @param rounds most rounds after the first
   */
  static InterleavedTiming times(
      Engine engine, LayerKind kind, Packing packing, int batch, int side, int rounds) {
    try (Scope scope = engine.scope("packed-or-plain")) {
      Layers plain = Layers.of(scope, kind, Packing.NEVER, batch, side, false);
      Layers packed = Layers.of(scope, kind, packing, batch, side, false);
      return InterleavedTiming.of(
          () -> plain.run(scope),
          () -> packed.run(scope),
          rounds,
          InterleavedTiming.clock(engine.device()));
    }
  }

  /** A program of some layers with its inputs. */
  private record Layers(Program program, HeldInputs weights, Tensor input) {
    /**
     * Makes it.
     *
     * @param whole whether it gives all results; else their mean, which costs next to nothing
     */
    static Layers of(
        Scope scope, LayerKind kind, Packing packing, int batch, int side, boolean whole) {
      int width = kind.channels();
      DType type = kind.path().type();
      int kernel = kind.area() ? 3 : 1;
      boolean convolution = kind.path().convolution();
      Shape shape = convolution ? Shape.of(width, width, kernel, kernel) : Shape.of(width, width);
      Shape in = convolution ? Shape.of(batch, width, 1, 1) : Shape.of(side, width);
      Graph graph = new Graph();
      Expr x = graph.input("x", type, in);
      List<Tensor> weights = new ArrayList<>();
      if (convolution) {
        // Spread out, so that neither order of channels lies there ready.
        List<Integer> sizes = List.of(batch, width, side, side);
        x = graph.call("expand", type, Shape.of(batch, width, side, side), x, sizes);
      }
      // A layer of one place stands between others, whose order of channels it has to keep.
      boolean between = convolution && !kind.area();
      for (int i = 0; i < LAYERS; i++) {
        if (between) {
          x = ordered(x, Keyword.of("memory_format", CHANNELS_LAST));
          x = packing.never() ? ordered(x) : x;
        }
        Expr weight = graph.weight("w" + i, type, shape);
        x = convolution ? x.conv2d(weight, 1, kernel / 2) : x.linear(weight);
        weights.add(numbers(scope, type, shape, i));
      }
      x = between ? ordered(x, Keyword.of("memory_format", CHANNELS_LAST)) : x;
      Expr result = whole ? x.to(DType.F32) : x.mean().to(DType.F32);
      Program program = Program.sample(scope, graph, List.of(result), packing);
      return new Layers(program, program.hold(scope, weights), numbers(scope, type, in, LAYERS));
    }

    private static Expr ordered(Expr x, Object... order) {
      List<Object> arguments = new ArrayList<>(List.of(x));
      arguments.addAll(List.of(order));
      return x.graph().call("contiguous", x.dtype(), x.shape(), arguments.toArray());
    }

    /** Numbers between -1 and 1 without a pattern, over the root of how many a sum has. */
    private static Tensor numbers(Scope scope, DType type, Shape shape, int seed) {
      float[] values = new float[Math.toIntExact(shape.elements())];
      double root = Math.sqrt((double) shape.elements() / shape.size(0));
      int state = 12_345 + seed;
      for (int i = 0; i < values.length; i++) {
        state = state * 1_103_515_245 + 12_345;
        values[i] = (float) ((state >> 8) / (double) (1 << 23) / root);
      }
      Tensor f32 = Tensor.of(scope, shape, values);
      return type == DType.F32 ? f32 : f32.to(scope, type);
    }

    float[] run(Scope scope) {
      try (Scope work = scope.child("round")) {
        return program.run(work, weights, List.of(input)).get(0).floats();
      }
    }
  }
}
