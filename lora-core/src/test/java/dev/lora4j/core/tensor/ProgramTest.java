package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ProgramTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void programRunsAtAnyBatchSize() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 2));
      Expr w = graph.input("w", DType.F32, Shape.of(3, 2));
      Program program = graph.inference(scope, List.of(x.linear(w).add(1)));
      Tensor weight = Tensor.of(scope, Shape.of(3, 2), 1, 0, 0, 1, 1, 1);
      Tensor one = program.run(scope, Tensor.of(scope, Shape.of(1, 2), 5, 7), weight).get(0);
      assertArrayEquals(new float[] {6, 8, 13}, one.floats());
      Tensor two = program.run(scope, Tensor.of(scope, Shape.of(2, 2), 5, 7, 0, 1), weight).get(0);
      assertArrayEquals(new float[] {6, 8, 13, 1, 2, 2}, two.floats());
      assertEquals(Shape.of(2, 3), two.shape());
    }
  }

  @Test
  void gradientsFlowThroughCasts() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN)).trainable();
      Expr y = x.to(DType.BF16).mul(3).to(DType.F32).pow(2).sum();
      Program program = graph.training(scope, List.of(y, graph.gradients(y, List.of(x)).get(0)));
      List<Tensor> out = program.run(scope, Tensor.of(scope, Shape.of(2), 1, 2));
      assertArrayEquals(new float[] {45}, out.get(0).floats());
      assertArrayEquals(new float[] {18, 36}, out.get(1).floats());
    }
  }

  @Test
  void inferenceResultsMayBeTrainingInputs() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph doubling = new Graph();
      Expr a = doubling.input("a", DType.F32, Shape.of(Shape.UNKNOWN));
      Program inference = doubling.inference(scope, List.of(a.mul(2)));
      Tensor made = inference.run(scope, Tensor.of(scope, Shape.of(2), 1, 2)).get(0);
      Tensor view = made.view(scope, 1, Shape.of(1));
      Graph graph = new Graph();
      Expr w = graph.held("w", DType.F32, Shape.of(Shape.UNKNOWN)).trainable();
      Expr frozen = graph.held("frozen", DType.F32, Shape.of(Shape.UNKNOWN));
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
      Expr loss = w.mul(frozen).mul(x).pow(2).sum();
      Expr gradient = graph.gradients(loss, List.of(w)).get(0);
      Program training = graph.training(scope, List.of(gradient));
      long live = ENGINE.live();
      HeldInputs held = training.hold(scope, List.of(made, made));
      Tensor found = training.run(scope, held, List.of(made)).get(0);
      // 2 w (frozen x)^2 at 2 and 4.
      assertArrayEquals(new float[] {64, 2048}, found.floats());
      held.close();
      found.close();
      assertEquals(live, ENGINE.live());
      HeldInputs small = training.hold(scope, List.of(view, view));
      assertArrayEquals(
          new float[] {2048}, training.run(scope, small, List.of(view)).get(0).floats());
    }
  }

  @Test
  void bf16ArrivesByteForByte() {
    try (Scope scope = ENGINE.scope("test")) {
      byte[] bytes = {(byte) 0x80, 0x3f, 0, 0x40, 0x40, 0x40, (byte) 0x80, 0x40};
      Tensor t = Tensor.of(scope, DType.BF16, Shape.of(2, 2), ByteBuffer.wrap(bytes));
      assertEquals(ByteBuffer.wrap(bytes), t.bytes());
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.BF16, Shape.of(2, 2));
      Program program = graph.inference(scope, List.of(x.to(DType.F32)));
      assertArrayEquals(new float[] {1, 2, 3, 4}, program.run(scope, t).get(0).floats());
    }
  }

  @Test
  void nativeFailureNamesOperatorLayerAndLine() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr a = graph.input("a", DType.F32, Shape.of(Shape.UNKNOWN));
      Expr b = graph.input("b", DType.F32, Shape.of(Shape.UNKNOWN));
      graph.enter("mid_block.attn");
      Program program = graph.inference(scope, List.of(a.mul(2).add(b)));
      Tensor two = Tensor.of(scope, Shape.of(2), 1, 2);
      Tensor three = Tensor.of(scope, Shape.of(3), 1, 2, 3);
      TensorException e = assertThrows(TensorException.class, () -> program.run(scope, two, three));
      assertTrue(e.getMessage().contains("add in layer mid_block.attn"), e.getMessage());
      assertTrue(e.getMessage().contains("ProgramTest.java"), e.getMessage());
    }
  }

  @Test
  void mismatchIsFoundWhileStaging() {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, 4));
    Expr w = graph.input("w", DType.F32, Shape.of(3, 5));
    TensorException e = assertThrows(TensorException.class, () -> x.linear(w));
    assertTrue(e.getMessage().contains("[?, 4]") && e.getMessage().contains("[3, 5]"));
  }

  @Test
  void useAfterCloseNamesTheClosingCode() {
    Tensor tensor;
    try (Scope scope = ENGINE.scope("test")) {
      tensor = Tensor.scalar(scope, 1);
    }
    TensorException e = assertThrows(TensorException.class, tensor::floats);
    assertTrue(e.getMessage().contains("ProgramTest.java"), e.getMessage());
  }
}
