package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaNormTest {
  private static HostTensor tensor(long... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i + values.length);
    }
    return HostTensor.of(shape, values);
  }

  private static double norm(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  @Test
  void loraNormIsThatOfItsProduct() {
    HostTensor down = tensor(3, 4, 2, 1);
    HostTensor up = tensor(5, 3, 1, 1);
    double[] a = down.doubles();
    double[] b = up.doubles();
    double[] product = new double[40];
    for (int o = 0; o < 5; o++) {
      for (int i = 0; i < 8; i++) {
        for (int r = 0; r < 3; r++) {
          product[o * 8 + i] += b[o * 3 + r] * a[r * 8 + i] * 0.5;
        }
      }
    }
    Factors factors = LoraMath.factors(down, up, 1.5);
    assertEquals(norm(product), DeltaNorm.of(factors).orElseThrow(), 1e-9);
    assertEquals((24 + 15) * 3, DeltaNorm.cost(factors));
  }

  @Test
  void lokrNormIsTheProductOfFactorNorms() {
    Factors factors =
        Factors.of("lokr", Map.of("lokr_w1", tensor(2, 2), "lokr_w2", tensor(3, 4)), Map.of());
    double wanted = norm(tensor(2, 2).doubles()) * norm(tensor(3, 4).doubles());
    assertEquals(wanted, DeltaNorm.of(factors).orElseThrow(), 1e-9);
  }

  /** One of rank 1 by its pairs of directions, one of rank 6 row by row. */
  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void lohaNormIsThatOfTheHadamardProduct(int rank) {
    HostTensor left = tensor(5, rank);
    HostTensor right = tensor(rank, 8);
    Factors factors =
        Factors.of(
            "loha",
            Map.of("hada_w1_a", left, "hada_w1_b", right, "hada_w2_a", left, "hada_w2_b", right),
            Map.of("alpha", Double.toString(rank)));
    double[] a = left.doubles();
    double[] b = right.doubles();
    double[] product = new double[40];
    for (int o = 0; o < 5; o++) {
      for (int i = 0; i < 8; i++) {
        double one = 0;
        for (int r = 0; r < rank; r++) {
          one += a[o * rank + r] * b[r * 8 + i];
        }
        product[o * 8 + i] = one * one;
      }
    }
    assertEquals(norm(product), DeltaNorm.of(factors).orElseThrow(), 1e-9 * norm(product));
    long pairs = 13L * rank * rank * rank * rank;
    assertEquals(Math.min(pairs, 5L * 8 * 2 * rank), DeltaNorm.cost(factors));
  }

  @Test
  void diffNormIsThatOfItsTensor() {
    Factors factors = Factors.of("diff", Map.of("diff", tensor(3, 4)), Map.of());
    assertEquals(norm(tensor(3, 4).doubles()), DeltaNorm.of(factors).orElseThrow(), 1e-9);
  }

  @Test
  void weightDependentMethodHasNoNorm() {
    Factors factors = Factors.of("ia3", Map.of("weight", tensor(3)), Map.of("on_input", "true"));
    assertTrue(DeltaNorm.of(factors).isEmpty());
  }
}
