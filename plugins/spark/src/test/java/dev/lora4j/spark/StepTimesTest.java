package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepTimesTest {
  private static final StepTimes NONE = new StepTimes(0, 0, 0);
  private static final long SECOND = 1_000_000_000;

  @Test
  void slowestPartIsTheTimeOfAStep() {
    StepTimes one = NONE.with(4, LongStream.of(SECOND, 3 * SECOND), 2);
    assertEquals(new StepTimes(1, 4, 3), one);
    assertEquals(0.25, one.overhead());
  }

  /** Waiting for the parts before is computing, as long as these compute. */
  @Test
  void partsThatWaitForOthersCountTogether() {
    StepTimes four = NONE.with(4, LongStream.of(SECOND, 2 * SECOND, SECOND, 3 * SECOND), 2);
    assertEquals(3.5, four.computing());
    StepTimes more = four.with(1, LongStream.of(SECOND, SECOND, SECOND), 1);
    assertEquals(new StepTimes(2, 5, 6.5), more);
  }
}
