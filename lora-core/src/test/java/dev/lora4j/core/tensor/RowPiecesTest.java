package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value that is made some rows at a time is the value. */
class RowPiecesTest {
  private static final Engine ENGINE = Engine.open();
  private static final int ROWS = 10;
  private static final int WIDTH = 6;
  private static final Shape SHAPE = Shape.of(ROWS, WIDTH);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Numbers of codes: in place, as forms of weights make them. */
  private static Expr whole(Expr codes) {
    Expr values = codes.mul(0.25);
    return values.graph().call("add_", values.dtype(), values.shape(), values, codes.sin());
  }

  private static Expr pieces(Expr codes, long each) {
    return RowPieces.stage(
        codes.graph(),
        DType.F32,
        SHAPE,
        each,
        (number, rows) -> whole(codes.narrow(0, number.times(each), Dim.of(rows))));
  }

  private static Tensor waves(Scope scope, Shape shape, double frequency) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(frequency * i);
    }
    return Tensor.of(scope, shape, values);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 5, 9, 10, 12})
  void piecesOfAnySizeMakeTheWhole(long each) {
    try (Scope scope = ENGINE.scope("pieces")) {
      Graph graph = new Graph();
      Expr codes = graph.input("codes", DType.F32, SHAPE);
      Program program = graph.inference(scope, List.of(whole(codes), pieces(codes, each)));
      List<Tensor> out = program.run(scope, List.of(waves(scope, SHAPE, 0.7)));
      assertArrayEquals(out.get(0).floats(), out.get(1).floats());
    }
  }

  /** Loss and gradient of a product with a frozen weight, once computed and once again. */
  private static List<float[]> trained(boolean again, BiFunction<Expr, Long, Expr> numbers) {
    try (Scope scope = ENGINE.scope("trained")) {
      Graph graph = new Graph();
      Expr codes = graph.weight("codes", DType.F32, SHAPE);
      Expr x = graph.input("x", DType.F32, Shape.of(4, WIDTH)).trainable();
      Expr y;
      if (again) {
        y = graph.checkpoint(() -> List.of(x.linear(numbers.apply(codes, 3L)).tanh())).get(0);
      } else {
        Expr weight = graph.transientValue(() -> numbers.apply(codes, 3L));
        y = x.linear(weight).tanh();
      }
      Expr loss = y.mul(y).sum();
      List<Expr> gradients = graph.gradients(loss, List.of(x));
      Program program = graph.training(scope, List.of(loss.detach(), gradients.get(0)));
      HeldInputs held = program.hold(scope, name -> waves(scope, SHAPE, 0.7));
      List<Tensor> batch = List.of(waves(scope, Shape.of(4, WIDTH), 0.3));
      return program.run(scope, held, batch).stream().map(Tensor::floats).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAreThoseOfTheWhole(boolean again) {
    List<float[]> expected = trained(again, (codes, each) -> whole(codes));
    List<float[]> found = trained(again, RowPiecesTest::pieces);
    assertArrayEquals(expected.get(0), found.get(0));
    assertArrayEquals(expected.get(1), found.get(1));
    assertTrue(expected.get(1)[0] != 0, "there is a gradient");
  }

  @Test
  void aProgramInPartsHasLoopsToo() {
    try (Scope scope = ENGINE.scope("parts")) {
      Graph graph = new Graph();
      Expr h = graph.input("x", DType.F32, Shape.of(4, WIDTH));
      for (int i = 0; i < 3; i++) {
        graph.border();
        Expr codes = graph.weight("codes" + i, DType.F32, SHAPE);
        h = h.linear(pieces(codes, 4)).slice(1, 0, WIDTH).tanh();
      }
      Program program = graph.inference(scope, List.of(h));
      Tensor x = waves(scope, Shape.of(4, WIDTH), 0.3);
      HeldInputs all = program.hold(scope, name -> waves(scope, SHAPE, 0.7));
      HeldInputs inParts = program.hold(scope, name -> waves(scope, SHAPE, 0.7), 1 << 20);
      assertArrayEquals(
          program.run(scope, all, List.of(x)).get(0).floats(),
          program.run(scope, inParts, List.of(x)).get(0).floats());
    }
  }

  @Test
  void eachPieceCosts() {
    Graph once = Graph.sized(input -> input);
    whole(once.input("codes", DType.F32, SHAPE));
    Graph often = Graph.sized(input -> input);
    pieces(often.input("codes", DType.F32, SHAPE), 5);
    assertEquals(once.cost().flops(), often.cost().flops());
    assertEquals(once.cost().traffic(), often.cost().traffic());
    assertTrue(often.cost().working() < once.cost().working(), "a piece is smaller");
  }

  @Test
  void aPieceOfAnotherShapeIsRefused() {
    Graph graph = new Graph();
    Expr codes = graph.input("codes", DType.F32, SHAPE);
    String message =
        assertThrows(
                TensorException.class,
                () -> RowPieces.stage(graph, DType.F32, SHAPE, 5, (number, rows) -> codes))
            .getMessage();
    assertTrue(message.contains("a piece of F32 [5, 6]"), message);
  }
}
