package dev.lora4j.core.train.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Directions of weights as inputs see them, also where inputs have few directions. */
class CovariantDirectionsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("covariance");
  private static final int OUT = 5;
  private static final int IN = 8;
  private static final Site SITE = Site.linear("layer", Shape.of(OUT, IN), false);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Of inputs that all lie on one line, which has no inverse. */
  private static double[] line(double size) {
    double[] sum = new double[IN * IN];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = size * (1 + i / IN) * (1 + i % IN);
    }
    return sum;
  }

  private static Tensor tensor(double... values) {
    return HostTensor.of(DType.F64, Shape.of(values.length / IN, IN), values).on(SCOPE);
  }

  private static double[] weight() {
    SplittableRandom random = new SplittableRandom(5);
    return random.doubles((long) OUT * IN).map(d -> d - 0.5).toArray();
  }

  private static double[] product(CordaMode mode, int rank, double alpha) {
    SiteRecipe recipe = new SiteRecipe(rank, alpha, false, FactorInit.CORDA);
    List<HostTensor> pair;
    try (CovariantDirections directions = CovariantDirections.of(SCOPE, SITE, tensor(line(3)), 2)) {
      pair = directions.factors(SITE, recipe, mode, tensor(weight()));
    }
    double[] down = pair.get(0).doubles();
    double[] up = pair.get(1).doubles();
    double[] product = new double[OUT * IN];
    for (int i = 0; i < product.length; i++) {
      for (int r = 0; r < rank; r++) {
        product[i] += recipe.scale() * up[i / IN * rank + r] * down[r * IN + i % IN];
      }
    }
    return product;
  }

  /** All directions together are the weight, whatever the inputs. */
  @ParameterizedTest
  @EnumSource(CordaMode.class)
  void allDirectionsAreTheWeight(CordaMode mode) {
    double[] product = product(mode, OUT, 3);
    double[] weight = weight();
    for (int i = 0; i < product.length; i++) {
      assertEquals(weight[i], product[i], 1e-5);
    }
  }

  /** The greatest keep the outputs of the inputs that were seen, the least change them little. */
  @Test
  void modesTakeWhatInputsUseMostAndLeast() {
    double[] weight = weight();
    double[] most = product(CordaMode.IPM, 1, 2);
    double[] least = product(CordaMode.KPM, 4, 2);
    for (int o = 0; o < OUT; o++) {
      double whole = 0;
      double first = 0;
      double last = 0;
      for (int i = 0; i < IN; i++) {
        whole += weight[o * IN + i] * (1 + i);
        first += most[o * IN + i] * (1 + i);
        last += least[o * IN + i] * (1 + i);
      }
      assertEquals(whole, first, 0.05 * Math.abs(whole) + 1e-3);
      assertTrue(Math.abs(last) <= 0.05 * Math.abs(whole) + 1e-3, whole + " " + last);
    }
  }

  @Test
  void inputsThatAreZeroAreNamed() {
    String told =
        assertThrows(
                IllegalArgumentException.class,
                () -> CovariantDirections.of(SCOPE, SITE, tensor(line(0)), 2))
            .getMessage();
    assertTrue(told.contains("inputs of layer") && told.contains("are 0"), told);
  }
}
