package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of rows that bring their gradients along. */
class RowValuesTest {
  private static final Engine ENGINE = Engine.open();
  private static final int WIDTH = 6;
  private static final int CLASSES = 11;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** The way in which values are made of rows. */
  private interface Rows {
    List<Expr> of(Expr x, Function<Expr, List<Expr>> body);
  }

  /**
   * Cross entropy and entropy of a frozen head behind a trained layer, whose product is learned.
   */
  private static List<Expr> program(Graph graph, Rows rows, boolean segments) {
    DType type = DType.F32;
    Expr x = graph.input("x", type, Shape.of(Shape.UNKNOWN, WIDTH));
    Expr in = graph.input("in", type, Shape.of(WIDTH, WIDTH)).trainable();
    Expr head = graph.input("head", type, Shape.of(CLASSES, WIDTH));
    Expr targets = x.over(1).argMax();
    Expr h = x.linear(in).tanh();
    if (segments) {
      Expr before = h;
      h = graph.checkpoint(() -> List.of(before.mul(before).add(before))).get(0);
    }
    List<Expr> values =
        rows.of(
            h,
            some -> {
              Expr logits = some.linear(head);
              Expr logs = logits.logSoftmax(1);
              return List.of(
                  logits.crossEntropyEach(1, targets, -100, 0), logs.exp().mul(logs).over(1).sum());
            });
    Expr loss = values.get(0).mul(values.get(1).sigmoid()).sum().add(h.mean());
    List<Expr> out = new ArrayList<>(List.of(loss));
    out.addAll(values);
    out.addAll(graph.gradients(loss, List.of(in)));
    return out;
  }

  private static List<float[]> run(Rows rows, boolean segments, int count) {
    try (Scope scope = ENGINE.scope("rows")) {
      Graph graph = new Graph();
      Program program = graph.training(scope, program(graph, rows, segments));
      List<Tensor> drawn = DrawnInputs.of(scope, program, count);
      return program.run(scope, drawn).stream().map(Tensor::floats).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void valuesAndGradientsAreThoseOfTheBody(boolean segments) {
    List<float[]> plain = run((x, body) -> body.apply(x), segments, 9);
    List<float[]> rows = run(RowValues::of, segments, 9);
    assertEquals(4, rows.size());
    assertTrue(Math.abs(plain.get(3)[0]) > 1e-3);
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(plain.get(i), rows.get(i), 1e-6f, "output " + i);
    }
  }

  @Test
  void noRowsHaveNoValues() {
    List<float[]> rows =
        run(
            (x, body) ->
                RowValues.of(
                    part(x, 0, 0), some -> List.of(some.over(1).sum(), some.pow(2).over(1).sum())),
            false,
            3);
    assertEquals(0, rows.get(1).length);
  }

  private static Expr part(Expr x, int begin, int end) {
    return x.narrow(0, Dim.of(begin), Dim.of(end - begin));
  }

  /** Only of the value that is learned a gradient is formed. */
  @Test
  void detachedValuesHaveNoGradient() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3, WIDTH)).trainable();
    List<Expr> values =
        RowValues.of(x, some -> List.of(some.detach().over(1).sum(), some.over(1).sum()));
    List<Expr> out = new ArrayList<>(values);
    out.addAll(graph.gradients(values.get(0).add(values.get(1)).sum(), List.of(x)));
    String text = graph.source(out, Device.CPU);
    assertEquals(3, text.split("autograd.grad", -1).length, text);
    try (Scope scope = ENGINE.scope("rows")) {
      Program program = graph.training(scope, out);
      float[] gradient = program.run(scope, DrawnInputs.of(scope, program, 1)).get(2).floats();
      assertEquals(1, gradient[0]);
    }
  }

  /** In a program without a gradient there is nothing to bring along. */
  @Test
  void frozenRowsAreTheBodyAlone() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3, WIDTH));
    Expr value = RowValues.of(x, some -> List.of(some.over(1).sum())).get(0);
    assertTrue(!graph.source(List.of(value), Device.CPU).contains("autograd"));
  }

  @Test
  void whatElseIsTrainedIsRefused() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(3, WIDTH)).trainable();
    Expr w = graph.input("w", DType.F32, Shape.of(2, WIDTH)).trainable();
    TensorException e =
        assertThrows(
            TensorException.class,
            () -> RowValues.of(x, some -> List.of(some.linear(w).over(1).sum())));
    assertTrue(e.getMessage().contains("nothing else that is trained"), e.getMessage());
  }
}
