package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Speed of the machine that tests run on. */
class TrainingSpeedTest {
  private static final Lora4j LORA = Lora4j.open();

  @AfterAll
  static void close() {
    LORA.close();
  }

  @Test
  void measuredTrainingSpeedIsPlausible() {
    TrainingSpeed measured = TrainingSpeed.measure(LORA.engine(), DType.F32);
    assertTrue(measured.flops() > 1e8 && measured.traffic() > 1e7, measured.toString());
    assertTrue(measured.operator() > 1e-8 && measured.operator() < 1e-2, measured.toString());
  }

  /** Each run takes so long by the clock: the slower a rate, the fewer of what it counts. */
  @ParameterizedTest
  @CsvSource({"1, 6, 32", "100, 3, 8"})
  void slowMachinesAreMeasuredByLess(long millis, int rounds, int side) {
    List<Long> asked = new ArrayList<>();
    TrainingSpeed counted =
        TrainingSpeed.measure(
            LORA.engine(),
            DType.F32,
            () -> {
              asked.add(asked.size() * millis * 1_000_000);
              return asked.get(asked.size() - 1);
            });
    long linear = 2L * side * side * 320 * 320;
    double operations = 2.0 * linear * (1 + 9);
    assertEquals(operations / (millis / 1e3), counted.flops(), operations * 1e-6);
    int samples = side == 8 ? 3 : 4;
    assertEquals(2 * rounds * samples, asked.size(), "the clock is asked before and after a run");
  }
}
