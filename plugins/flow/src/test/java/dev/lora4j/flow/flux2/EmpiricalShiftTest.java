package dev.lora4j.flow.flux2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levels of noise by the size of the picture and the number of steps, against diffusers. */
class EmpiricalShiftTest {
  @ParameterizedTest
  @CsvSource({"24, 4", "24, 2", "1024, 4", "4096, 50", "4300, 30", "4301, 30", "8160, 4"})
  void levelsAreThoseOfDiffusers(int tokens, int steps) {
    String name = "sigmas." + tokens + "." + steps;
    double[] expected = Flux2Goldens.TINY.expected(name).doubles();
    double factor = new EmpiricalShift().factor(tokens, steps);
    assertEquals(steps + 1, expected.length);
    for (int step = 0; step < steps; step++) {
      double even = (double) (steps - step) / steps;
      double shifted = factor * even / (1 + (factor - 1) * even);
      assertEquals(expected[step], shifted, 1e-6, "step " + step);
    }
  }

  @ParameterizedTest
  @CsvSource({"24", "4096", "8160"})
  void trainingTakesThatOfFiftySteps(int tokens) {
    EmpiricalShift shift = new EmpiricalShift();
    assertEquals(shift.factor(tokens, 50), shift.trainingFactor(tokens));
  }
}
