package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gradient of a program that is cut into segments is that of the uncut one, to the last bit.
 */
class CheckpointTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 16;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Runs a segment's body, cut out or in place. */
  private interface Cutter extends BiFunction<Graph, Supplier<List<Expr>>, List<Expr>> {
    Cutter CUT = Graph::checkpoint;
    Cutter PLAIN = (graph, body) -> body.get();
  }

  private static Expr weight(Graph graph, int i) {
    return graph.input("w" + i, DType.F32, Shape.of(WIDTH, WIDTH)).trainable();
  }

  /**
   * A network like a UNet: blocks with a shared embedding, used twice in each, skips from the way
   * down to the way up, weights that several blocks share, and work between the blocks. Which
   * blocks are cut is drawn.
   */
  private static List<Expr> network(Graph graph, Cutter cutter, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Expr> weights = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      weights.add(weight(graph, i));
    }
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
    Expr embedding = x.linear(weights.get(0)).silu();
    Expr h = x.linear(weights.get(1));
    List<Expr> skips = new ArrayList<>();
    for (int block = 0; block < 6; block++) {
      Expr before = h;
      Expr w = weights.get(2 + random.nextInt(3));
      Expr v = weights.get(2 + random.nextInt(3));
      Expr skip = block > 2 ? skips.get(5 - block) : before;
      Supplier<List<Expr>> body =
          () -> {
            Expr inner = before.linear(w).add(embedding).silu().add(skip);
            Expr outer = inner.linear(v).mul(embedding).tanh();
            return List.of(outer.add(before), inner.sigmoid());
          };
      List<Expr> out = random.nextInt(4) > 0 ? cutter.apply(graph, body) : body.get();
      skips.add(out.get(1));
      h = random.nextBoolean() ? out.get(0).mul(0.9).add(embedding) : out.get(0);
    }
    Expr loss = h.add(embedding).pow(2).mean();
    List<Expr> outputs = new ArrayList<>(List.of(loss));
    List<Expr> trained = weights.stream().filter(w -> used(loss, w)).toList();
    outputs.addAll(graph.gradients(loss, trained));
    return outputs;
  }

  /** All five weights take part unless the draw left one out, which both programs see alike. */
  private static boolean used(Expr loss, Expr weight) {
    return loss.graph().tape().dependsOn(loss, weight);
  }

  private static List<float[]> run(Cutter cutter, long seed, int batch) {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      List<Expr> outputs = network(graph, cutter, seed);
      Program program = graph.training(scope, outputs);
      List<Tensor> drawn = DrawnInputs.of(scope, program, batch);
      return program.run(scope, drawn).stream().map(Tensor::floats).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void checkpointedGradientIsTheSameToTheBit(long seed) {
    List<float[]> plain = run(Cutter.PLAIN, seed, 9);
    List<float[]> cut = run(Cutter.CUT, seed, 9);
    assertEquals(plain.size(), cut.size());
    for (int i = 0; i < plain.size(); i++) {
      assertArrayEquals(plain.get(i), cut.get(i), "output " + i);
    }
    assertTrue(plain.get(1)[0] != 0);
  }

  @Test
  void checkpointedValuesAreRecomputed() {
    Graph graph = new Graph();
    String text = graph.source(network(graph, Cutter.CUT, 1), Device.CPU);
    Graph uncut = new Graph();
    String plain = uncut.source(network(uncut, Cutter.PLAIN, 1), Device.CPU);
    assertTrue(count(text, "torch.tanh") > count(plain, "torch.tanh"));
    assertEquals(count(text, "set_grad_enabled(False)"), count(text, "set_grad_enabled(True)"));
    assertEquals(6, count(plain, "torch.tanh"));
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  @Test
  void nestedSegmentsGiveTheSameGradient() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(2)).trainable();
      Expr y =
          graph
              .checkpoint(
                  () -> {
                    Expr inner = graph.checkpoint(() -> List.of(x.pow(2))).get(0);
                    return List.of(inner.mul(x));
                  })
              .get(0);
      Expr gradient = graph.gradients(y.sum(), List.of(x)).get(0);
      Program program = graph.training(scope, List.of(gradient));
      Tensor at = Tensor.of(scope, Shape.of(2), 1, 2);
      assertArrayEquals(new float[] {3, 12}, program.run(scope, at).get(0).floats());
    }
  }

  @Test
  void segmentWithoutGradientIsItsBodyAlone() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(2));
    Graph plain = new Graph();
    Expr y = plain.input("x", DType.F32, Shape.of(2));
    assertEquals(
        plain.source(List.of(y.mul(2)), Device.CPU),
        graph.source(graph.checkpoint(() -> List.of(x.mul(2))), Device.CPU));
  }

  @Test
  void nonRepeatableOperatorsAreRefused() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(2)).trainable();
    Supplier<List<Expr>> draws =
        () -> List.of(x.mul(graph.call("rand_like", DType.F32, x.shape(), x)));
    TensorException random = assertThrows(TensorException.class, () -> graph.checkpoint(draws));
    assertTrue(random.getMessage().contains("rand_like"), random.getMessage());
    Supplier<List<Expr>> changes =
        () -> {
          graph.effect("add_", x, 1);
          return List.of(x);
        };
    TensorException effect = assertThrows(TensorException.class, () -> graph.checkpoint(changes));
    assertTrue(effect.getMessage().contains("add_"), effect.getMessage());
  }

  @Test
  void aValueThatSlipsOutIsRefused() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(2)).trainable();
    List<Expr> slipped = new ArrayList<>();
    Expr y =
        graph
            .checkpoint(
                () -> {
                  slipped.add(x.mul(3));
                  return List.of(slipped.get(0).pow(2));
                })
            .get(0);
    Expr loss = y.add(slipped.get(0)).sum();
    TensorException e =
        assertThrows(TensorException.class, () -> graph.gradients(loss, List.of(x)));
    assertTrue(e.getMessage().contains("let the segment return it"), e.getMessage());
  }

  @Test
  void gradientOfUnusedInputIsRefusedWhileStaging() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(2)).trainable();
    Expr idle = graph.input("idle", DType.F32, Shape.of(2)).trainable();
    Expr loss = x.pow(2).sum();
    TensorException e =
        assertThrows(TensorException.class, () -> graph.gradients(loss, List.of(x, idle)));
    assertTrue(e.getMessage().contains("idle"), e.getMessage());
    Expr constant = graph.input("c", DType.F32, Shape.of(2)).sum();
    assertThrows(TensorException.class, () -> graph.gradients(constant, List.of(x)));
    assertThrows(TensorException.class, () -> graph.gradients(x.pow(2), List.of(x)));
  }
}
