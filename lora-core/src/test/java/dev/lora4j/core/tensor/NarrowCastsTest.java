package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Casts to floats of 8 and 16 bits where no golden says what happens. */
class NarrowCastsTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void overflowOfEightBitsIsNanOrSaturates() {
    // Halfway between 448, the greatest, and what would come next is still rounded down to it.
    float[] x = {448, 464, 464.01f, 1e9f, -464, -464.01f, Float.POSITIVE_INFINITY, Float.NaN};
    float nan = Float.NaN;
    float[] cast = {448, 448, nan, nan, -448, nan, nan, nan};
    float[] saturating = {448, 448, 448, 448, -448, -448, 448, nan};
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr in = graph.input("x", DType.F32, Shape.of(8));
      Expr plain = in.to(DType.F8_E4M3).to(DType.F32);
      Expr limited = in.toSaturating(DType.F8_E4M3).to(DType.F32);
      Program program = graph.inference(scope, List.of(plain, limited));
      List<Tensor> out = program.run(scope, Tensor.of(scope, Shape.of(8), x));
      assertArrayEquals(cast, out.get(0).floats());
      assertArrayEquals(saturating, out.get(1).floats());
    }
  }

  @Test
  void gradientsThroughEightBitsAreRoundedToo() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(4)).trainable();
      Expr y = x.toSaturating(DType.F8_E4M3).to(DType.F32).mul(1.0625).sum();
      Program program = graph.training(scope, graph.gradients(y, List.of(x)));
      Tensor found = program.run(scope, Tensor.of(scope, Shape.of(4), 1, -3.3f, 400, 500)).get(0);
      // 1.0625 is halfway between two numbers of e4m3, and rounded to the even one; 500 is cut off.
      assertArrayEquals(new float[] {1, 1, 1, 0}, found.floats());
    }
  }

  @Test
  void doublesGoThroughFloats() {
    try (Scope scope = ENGINE.scope("test")) {
      Graph graph = new Graph();
      // A little above the middle of 1 and the next BF16, which F32 does not see.
      Expr x = graph.constant(1 + 0x1p-8 + 0x1p-40, DType.F64);
      Program program = graph.inference(scope, List.of(x.to(DType.BF16).to(DType.F32)));
      assertArrayEquals(new float[] {1}, program.run(scope).get(0).floats());
    }
  }
}
