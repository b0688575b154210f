package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that spares memory computes the same to the last bit, and keeps less. */
class SparedMemoryTest {
  private static final Engine ENGINE = Engine.open();
  private static final int CHANNELS = 8;
  private static final int GROUPS = 2;
  private static final int SIDE = 6;
  private static final int F32 = 4;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Graph graph(boolean sparing) {
    Graph graph = new Graph();
    if (sparing) {
      graph.lowMemory();
    }
    return graph;
  }

  /** A network as it is drawn, over frozen and trained weights that several layers share. */
  private static final class Drawn {
    private final SplittableRandom random;
    private final Graph graph;
    private final DType type;
    private final Expr kernel;
    private final Expr shortcut;
    private final Expr square;
    private final Expr bias;
    private final Expr scale;
    private final List<Expr> parameters;
    private final Expr trained;
    private final Expr filter;
    private final Expr shift;

    Drawn(Graph graph, DType type, long seed) {
      random = new SplittableRandom(seed);
      this.graph = graph;
      this.type = type;
      kernel = input("kernel", CHANNELS, CHANNELS, 3, 3).to(type);
      shortcut = input("shortcut", CHANNELS, CHANNELS, 1, 1).to(type);
      square = input("square", CHANNELS, CHANNELS).to(type);
      bias = input("bias", CHANNELS).to(type);
      scale = input("scale", CHANNELS).to(type);
      parameters =
          List.of(
              input("trained", CHANNELS, CHANNELS).trainable(),
              input("filter", CHANNELS, CHANNELS, 3, 3).trainable(),
              input("shift", CHANNELS).trainable());
      trained = parameters.get(0).to(type);
      filter = parameters.get(1).to(type);
      shift = parameters.get(2).to(type);
    }

    private Expr input(String name, long... shape) {
      return graph.input(name, DType.F32, Shape.of(shape));
    }

    /** Loss, then gradients. */
    List<Expr> outputs() {
      Expr x = input("x", Shape.UNKNOWN, CHANNELS, Shape.UNKNOWN, Shape.UNKNOWN).to(type);
      Expr h = x.conv2d(kernel, bias, 1, 1);
      List<Expr> skips = new ArrayList<>();
      for (int layer = 0; layer < 7; layer++) {
        h = layer(h);
        skips.add(h);
        if (layer > 3 && random.nextBoolean()) {
          h = h.add(skips.get(random.nextInt(layer)));
        }
      }
      Expr loss = h.to(DType.F32).pow(2).mean();
      List<Expr> outputs = new ArrayList<>(List.of(loss));
      List<Expr> weights =
          parameters.stream().filter(w -> graph.tape().dependsOn(loss, w)).toList();
      assertTrue(!weights.isEmpty());
      outputs.addAll(graph.gradients(loss, weights));
      return outputs;
    }

    private Expr layer(Expr x) {
      Expr moved = random.nextBoolean() ? shift : bias;
      Expr activated = graph.recompute(() -> x.groupNorm(GROUPS, scale, moved, 1e-5).silu());
      return switch (random.nextInt(9)) {
        case 0 -> x.add(activated.conv2d(kernel, bias, 1, 1));
        case 1 -> activated.conv2d(kernel, 1, 1).add(shift.unsqueeze(-1).unsqueeze(-1));
        case 2 -> x.conv2d(shortcut, bias, 1, 0).add(activated.conv2d(kernel, bias, 1, 1));
        case 3 -> x.add(activated.conv2d(filter, 1, 1)).add(activated.conv2d(kernel, 1, 1));
        case 4 -> x.add(places(tokens(activated).linear(trained)));
        case 5 -> x.add(places(gated(tokens(x))));
        case 6 -> places(broadcast(tokens(x)));
        case 7 -> x.add(places(projected(x)));
        default -> activated.conv2d(kernel, bias, 1, 1).mul(0.5).add(activated);
      };
    }

    private Expr gated(Expr x) {
      Expr wide = x.linear(trained, bias);
      Expr gate = graph.recompute(() -> wide.mul(wide.gelu()));
      return gate.linear(square, bias).add(x.linear(square));
    }

    /** A frozen product of rows that lie beside each other in memory. */
    private Expr projected(Expr x) {
      Expr rows =
          graph.recompute(
              () ->
                  tokens(x.groupNorm(GROUPS, scale, bias, 1e-5))
                      .reshape(x.dim(0), Dim.of(-1), Dim.of(CHANNELS)));
      return rows.linear(square, bias).reshape(x.dim(0), x.dim(2), x.dim(3), Dim.of(CHANNELS));
    }

    /** A product that is the same at all places, in two sums. */
    private Expr broadcast(Expr x) {
      Expr mean = graph.recompute(() -> x.mean(1, 2).gelu());
      Expr product = mean.linear(square, bias);
      return x.add(product).add(x.mul(0.5).add(product));
    }

    private static Expr tokens(Expr x) {
      return x.permute(0, 2, 3, 1);
    }

    private static Expr places(Expr x) {
      return x.permute(0, 3, 1, 2);
    }
  }

  private static List<float[]> run(boolean sparing, DType type, long seed) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = graph(sparing);
      List<Expr> outputs = new Drawn(graph, type, seed).outputs();
      Program program = graph.training(scope, outputs);
      List<Tensor> drawn = DrawnInputs.of(scope, program, SIDE);
      return program.run(scope, drawn).stream().map(Tensor::floats).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64", "BF16"})
  void gradientIsTheSameToTheBit(DType type) {
    for (long seed = 0; seed < 24; seed++) {
      List<float[]> kept = run(false, type, seed);
      List<float[]> spared = run(true, type, seed);
      assertEquals(kept.size(), spared.size());
      assertTrue(kept.get(0)[0] > 0);
      for (int i = 0; i < kept.size(); i++) {
        assertArrayEquals(kept.get(i), spared.get(i), "output " + i + " of network " + seed);
      }
    }
  }

  /** A norm with an activation, a frozen convolution, its sum with what came before. */
  private static Cost blocks(boolean sparing, int count) {
    Graph graph = Graph.sized(i -> new Graph.Input(i.name(), i.dtype(), i.shape().filled(1)));
    if (sparing) {
      graph.lowMemory();
    }
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, CHANNELS, SIDE, SIDE));
    Expr kernel = graph.weight("w", DType.F32, Shape.of(CHANNELS, CHANNELS, 3, 3));
    Expr trained = graph.input("t", DType.F32, Shape.of(CHANNELS)).trainable();
    Expr h = x.mul(trained.unsqueeze(-1).unsqueeze(-1));
    for (int block = 0; block < count; block++) {
      Expr before = h;
      h =
          before.add(
              graph.recompute(() -> before.groupNorm(GROUPS, 1e-5).silu()).conv2d(kernel, 1, 1));
    }
    graph.gradients(h.sum(), List.of(trained));
    return graph.cost();
  }

  @Test
  void oneValuePerBlockReplacesThree() {
    long map = (long) CHANNELS * SIDE * SIDE * F32;
    for (int count : new int[] {3, 4, 5}) {
      // What the norm, the activation and the convolution take.
      assertEquals(3L * count * map, blocks(false, count).kept());
      // What the norms take, and the sum; while a block is computed again, what its activation
      // takes.
      assertEquals((count + 2L) * map, blocks(true, count).kept());
      assertEquals(blocks(false, count).flops(), blocks(true, count).flops());
    }
  }

  @Test
  void trainedConvolutionsAreStillRecorded() {
    Graph graph = graph(true);
    Expr x = graph.input("x", DType.F32, Shape.of(1, CHANNELS, SIDE, SIDE)).trainable();
    Expr filter = graph.input("f", DType.F32, Shape.of(CHANNELS, CHANNELS, 3, 3)).trainable();
    Expr frozen = graph.input("w", DType.F32, Shape.of(CHANNELS, CHANNELS, 3, 3));
    Expr activated = graph.recompute(() -> x.groupNorm(GROUPS, 1e-5).silu());
    Expr y = activated.conv2d(filter, 1, 1);
    graph.gradients(y.sum(), List.of(x, filter));
    assertFalse(graph.source(List.of(y), Device.CPU).contains("convolution_backward"));
    Expr z = activated.conv2d(frozen, 1, 1);
    graph.gradients(z.sum(), List.of(x));
    assertTrue(graph.source(List.of(z), Device.CPU).contains("convolution_backward"));
  }

  /** The engine takes many small products for these, which add in another order. */
  @Test
  void productsOfReorderedRowsAreRecorded() {
    for (boolean reordered : new boolean[] {true, false}) {
      Graph graph = graph(true);
      Expr x = graph.input("x", DType.F32, Shape.of(2, CHANNELS, CHANNELS)).trainable();
      Expr frozen = graph.input("w", DType.F32, Shape.of(CHANNELS, CHANNELS));
      Expr rows = graph.recompute(() -> reordered ? x.gelu().transpose(1, 2).mul(2) : x.gelu());
      Expr y = rows.linear(frozen);
      graph.gradients(y.sum(), List.of(x));
      String source = graph.source(List.of(y), Device.CPU);
      assertEquals(!reordered, source.contains("torch.matmul"), source);
    }
  }

  @Test
  void defaultGraphRecomputesNothing() {
    Graph graph = graph(false);
    Expr x = graph.input("x", DType.F32, Shape.of(1, CHANNELS, SIDE, SIDE)).trainable();
    Expr y = graph.recompute(() -> x.groupNorm(GROUPS, 1e-5).silu());
    graph.gradients(y.sum(), List.of(x));
    assertEquals(2, graph.source(List.of(y), Device.CPU).split("torch.silu", -1).length);
    assertFalse(graph.source(List.of(y), Device.CPU).contains("set_grad_enabled"));
  }
}
