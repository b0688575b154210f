package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The cost of a program with known sizes is what counting by hand gives. */
class CostTest {
  private static final int BATCH = 3;
  private static final int F32 = 4;

  /** Each unknown size of an input is the batch. */
  private static Graph graph() {
    return Graph.sized(i -> new Graph.Input(i.name(), i.dtype(), i.shape().filled(BATCH)));
  }

  private static Expr rows(Graph graph, String name, long width) {
    return graph.input(name, DType.F32, Shape.of(Shape.UNKNOWN, width));
  }

  @Test
  void linearLayerCountsForwardAndNeededGradients() {
    Graph graph = graph();
    Expr x = rows(graph, "x", 5);
    Expr frozen = graph.weight("frozen", DType.F32, Shape.of(5, 5));
    Expr first = graph.held("first", DType.F32, Shape.of(7, 5)).trainable();
    Expr second = graph.held("second", DType.F32, Shape.of(2, 7)).trainable();
    Expr before = x.linear(frozen);
    Expr y = before.linear(first).linear(second);
    graph.gradients(y.sum(), List.of(first, second));
    long forward = 2L * BATCH * (5 * 5 + 5 * 7 + 7 * 2);
    // The frozen layer lies before all that is trained; the first needs no gradient of its input.
    long back = 2L * BATCH * (5 * 7 + 2 * 7 * 2);
    assertEquals(forward + back, graph.cost().flops());
    // What the first layer takes and what the second takes.
    assertEquals(BATCH * (5 + 7) * F32, graph.cost().kept());
  }

  @Test
  void convolutionCountsItsPlaces() {
    Graph graph = graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 4, 8, 6)).trainable();
    Expr weight = graph.weight("w", DType.F32, Shape.of(6, 4, 3, 3));
    Expr y = x.conv2d(weight, 2, 1);
    assertEquals(Shape.of(BATCH, 6, 4, 3), y.shape());
    long forward = 2L * BATCH * 6 * 4 * 3 * (4 * 3 * 3);
    assertEquals(forward, cost(y, x).flops() - forward);
    assertEquals(0, graph.cost().kept(), "the input is there anyway");
  }

  @Test
  void convolutionKeepsItsInputFrozenLinearDoesNot() {
    for (boolean convolves : List.of(true, false)) {
      Graph graph = graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 4, 4, 4)).trainable();
      Expr made = x.add(1);
      Expr y =
          convolves
              ? made.conv2d(graph.weight("w", DType.F32, Shape.of(6, 4, 3, 3)), 1, 1)
              : made.linear(graph.weight("w", DType.F32, Shape.of(6, 4)));
      assertEquals(convolves ? BATCH * 4 * 4 * 4 * F32 : 0, cost(y, x).kept());
    }
  }

  private static Cost cost(Expr y, Expr x) {
    y.graph().gradients(y.sum(), List.of(x));
    return y.graph().cost();
  }

  @Test
  void attentionCountsSevenProductsWithItsGradient() {
    Graph graph = graph();
    Expr q = graph.input("q", DType.F32, Shape.of(BATCH, 2, 10, 8)).trainable();
    Expr k = graph.input("k", DType.F32, Shape.of(BATCH, 2, 6, 8));
    Expr v = graph.input("v", DType.F32, Shape.of(BATCH, 2, 6, 8));
    long product = 2L * BATCH * 2 * 10 * 6 * 8;
    assertEquals(7 * product, cost(q.attend(k, v), q).flops());
  }

  @Test
  void inferenceKeepsNoActivations() {
    Graph graph = graph();
    Expr y = rows(graph, "x", 5).linear(graph.weight("w", DType.F32, Shape.of(7, 5))).silu();
    assertEquals(2L * BATCH * 5 * 7, graph.cost().flops());
    assertEquals(0, graph.cost().kept());
    assertEquals(
        BATCH * (5 + 7) * F32 + 5 * 7 * F32, graph.cost().working(), "of " + y + ", the product");
    assertEquals((BATCH * (5 + 7) + 5 * 7 + 2L * BATCH * 7) * F32, graph.cost().traffic());
    assertEquals(2, graph.cost().operators());
  }

  private static Cost blocks(boolean checkpointed) {
    Graph graph = graph();
    Expr h = rows(graph, "x", 8);
    Expr w = graph.held("w", DType.F32, Shape.of(8, 8)).trainable();
    for (int block = 0; block < 4; block++) {
      Expr x = h;
      Supplier<List<Expr>> body = () -> List.of(x.linear(w).silu().linear(w).silu().linear(w));
      h = (checkpointed ? graph.checkpoint(body) : body.get()).get(0);
    }
    graph.gradients(h.sum(), List.of(w));
    return graph.cost();
  }

  @Test
  void checkpointsComputeMoreAndKeepLess() {
    Cost plain = blocks(false);
    Cost twice = blocks(true);
    long layer = 2L * BATCH * 8 * 8;
    long rows = BATCH * 8 * F32;
    assertEquals((12 + 12 + 11) * layer, plain.flops());
    assertEquals((12 + 12 + 12 + 11) * layer, twice.flops());
    // In each block: what three layers and two activations take; the first input is not computed.
    assertEquals((4 * 5 - 1) * rows, plain.kept());
    // Between the blocks three values and one after them, and within one of them four.
    assertEquals((4 + 4) * rows, twice.kept());
  }

  @Test
  void unknownSizesCannotBeCounted() {
    Graph graph = Graph.sized(i -> i);
    Expr x = rows(graph, "x", 5);
    TensorException e = assertThrows(TensorException.class, x::silu);
    assertTrue(
        e.getMessage().contains("silu") && e.getMessage().contains("[?, 5]"), e.getMessage());
    assertThrows(IllegalStateException.class, () -> new Graph().cost());
  }
}
