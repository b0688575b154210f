package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where rows are alone, a row's bits are the same in any number of rows. */
class RowsAloneTest {
  private static final int ROWS = 17;

  @ParameterizedTest
  @CsvSource({
    "F32, 320, 1280",
    "F32, 1280, 320",
    "F32, 7, 3",
    "F32, 16, 4",
    "BF16, 320, 1280",
    "BF16, 64, 24",
    "BF16, 256, 1536",
    "F16, 96, 40",
    "F64, 96, 48"
  })
  void bitsDoNotDependOnTheOtherRows(DType type, int in, int out) {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("rows")) {
      Graph graph = new Graph();
      graph.rowsAlone();
      Expr x = graph.input("x", type, Shape.of(Shape.UNKNOWN, in));
      Expr weight = graph.weight("weight", type, Shape.of(out, in));
      Expr bias = graph.weight("bias", type, Shape.of(out));
      Expr biased = RowProducts.linear(x, weight, bias);
      Expr plain = RowProducts.linear(x, weight);
      assertEquals(Shape.of(Shape.UNKNOWN, out), biased.shape());
      Program program = graph.inference(scope, List.of(biased.to(DType.F64), plain.to(DType.F64)));
      double[] rows = draws(1, ROWS * in);
      double[] weights = draws(2, out * in);
      double[] shifts = draws(3, out);
      List<Tensor> held =
          List.of(
              HostTensor.of(type, Shape.of(out, in), weights).on(scope),
              HostTensor.of(type, Shape.of(out), shifts).on(scope));
      List<double[]> all = run(scope, program, held, type, rows, in);
      for (int n : new int[] {1, 2, 3, 4, 8, 16}) {
        for (int from : new int[] {0, ROWS - n}) {
          double[] some = Arrays.copyOfRange(rows, from * in, (from + n) * in);
          List<double[]> found = run(scope, program, held, type, some, in);
          for (int i = 0; i < found.size(); i++) {
            assertArrayEquals(
                Arrays.copyOfRange(all.get(i), from * out, (from + n) * out),
                found.get(i),
                n + " rows from " + from);
          }
        }
      }
      assertProducts(rows, weights, shifts, all, type, in, out);
    }
  }

  private static List<double[]> run(
      Scope scope, Program program, List<Tensor> held, DType type, double[] rows, int in) {
    Tensor x = HostTensor.of(type, Shape.of(rows.length / in, in), rows).on(scope);
    return program.run(scope, program.hold(scope, held), List.of(x)).stream()
        .map(t -> HostTensor.of(t).doubles())
        .toList();
  }

  private static void assertProducts(
      double[] rows,
      double[] weights,
      double[] shifts,
      List<double[]> found,
      DType type,
      int in,
      int out) {
    double rounding =
        switch (type) {
          case BF16 -> 0.02;
          case F16 -> 0.002;
          case F32 -> 1e-6;
          default -> 1e-13;
        };
    double bound = 3 * Math.sqrt(in) * rounding;
    for (int row = 0; row < ROWS; row++) {
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int i = 0; i < in; i++) {
          sum += rows[row * in + i] * weights[o * in + i];
        }
        int at = row * out + o;
        assertTrue(Math.abs(sum - found.get(1)[at]) <= bound, () -> "row " + at);
        assertTrue(Math.abs(sum + shifts[o] - found.get(0)[at]) <= bound, () -> "row " + at);
      }
    }
  }

  private static double[] draws(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(n, -1, 1).toArray();
  }
}
