package dev.lora4j.bench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.log.CsvTracker;
import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.TrackedRun;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times of steps, from tables that trainings write. */
class StepTimesTest {
  @TempDir private Path run;

  /** The clock of a table counts since the end of the first step of a process. */
  @Test
  void takesDifferencesOfTheClockInTheSecondHalf() {
    write(0, 0, 90, 180, 270, 270.5, 271, 271.5, 280);
    assertEquals(0.5, StepTimes.median(run), 1e-9);
  }

  @Test
  void leavesOutTheStepAtWhichAResumedRunBegins() {
    write(0, 0, 100, 200, 300, 301);
    write(5, 0, 1, 3);
    assertEquals(1, StepTimes.median(run), 1e-9);
  }

  @Test
  void takesTheSecondOfTwoSteps() {
    write(0, 0, 3);
    assertEquals(3, StepTimes.median(run), 1e-9);
  }

  @Test
  void refusesATableOfOneStep() {
    write(0, 0);
    Failure found = assertThrows(Failure.class, () -> StepTimes.median(run));
    assertTrue(found.getMessage().contains(CsvTracker.FILE), found.getMessage());
  }

  private void write(int first, double... clock) {
    TrackedRun table = new CsvTracker().begin(new RunStart("a", run, first, Map.of()));
    for (int i = 0; i < clock.length; i++) {
      table.step(
          new TrackedRun.Step(
              first + i + 1, 1, 1, 1, OptionalDouble.empty(), clock[i], Map.of(), Map.of()));
    }
    table.end(Optional.empty());
  }
}
