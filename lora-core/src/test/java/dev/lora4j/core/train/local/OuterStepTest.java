package dev.lora4j.core.train.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The outer step, against torch.optim.SGD(nesterov=True) worked out by hand. */
class OuterStepTest {
  @Test
  void averageIsTakenAsItIs() {
    double[] average = {1.5, -2};
    OuterStep.AVERAGE.take(new double[] {1, 1}, average, new double[0]);
    assertArrayEquals(new double[] {1.5, -2}, average);
  }

  @Test
  void nesterovGoesAheadByItsVelocity() {
    OuterStep step = new OuterStep(0.7, 0.9);
    double[] velocity = {0};
    double[] weights = {2};
    double[] one = {3};
    step.take(weights, one, velocity);
    // g = -1, buf = -1, ahead = g + 0.9 buf = -1.9, w = 2 + 0.7 * 1.9
    assertArrayEquals(new double[] {3.33}, one, 1e-15);
    double[] two = {3.03};
    step.take(one, two, velocity);
    // g = 0.3, buf = 0.9 * -1 + 0.3 = -0.6, ahead = 0.3 - 0.54 = -0.24
    assertArrayEquals(new double[] {3.33 + 0.7 * 0.24}, two, 1e-12);
    assertArrayEquals(new double[] {0.6}, velocity, 1e-12);
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    for (OuterStepValues bad :
        List.of(
            new OuterStepValues(0, 0),
            new OuterStepValues(Double.NaN, 0),
            new OuterStepValues(1, 1),
            new OuterStepValues(1, -0.1))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> new OuterStep(bad.rate(), bad.momentum()));
      assertTrue(e.getMessage().contains("found"), e.getMessage());
    }
  }

  private record OuterStepValues(double rate, double momentum) {}
}
