package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavedTimingTest {
  private long now;
  private final List<String> done = new ArrayList<>();

  private Runnable work(String name, long... millis) {
    return () -> {
      int before = (int) done.stream().filter(name::equals).count();
      now += 1_000_000 * millis[Math.min(before, millis.length - 1)];
      done.add(name);
    };
  }

  @Test
  void clearDifferenceEndsTheTimingAtOnce() {
    InterleavedTiming turns =
        InterleavedTiming.of(work("f32", 56), work("bf16", 913), 5, () -> now);
    assertEquals(new InterleavedTiming(56, 913), turns);
    assertEquals(List.of("f32", "bf16"), done);
  }

  @Test
  void firstRunDoesNotCountWhenOthersFollow() {
    InterleavedTiming turns =
        InterleavedTiming.of(work("a", 10, 12, 11), work("b", 20, 11, 13), 2, () -> now);
    assertEquals(new InterleavedTiming(11, 11), turns);
  }

  @Test
  void longWorkIsTimedInOneRound() {
    InterleavedTiming turns =
        InterleavedTiming.of(work("a", 400, 400, 100), work("b", 400, 390, 100), 3, () -> now);
    assertEquals(new InterleavedTiming(400, 390), turns);
  }

  @Test
  void timingsAreInterleavedAndTheBestCounts() {
    InterleavedTiming turns =
        InterleavedTiming.of(work("a", 20, 13, 10, 12), work("b", 20, 11, 14, 12), 3, () -> now);
    assertEquals(new InterleavedTiming(10, 11), turns);
    assertEquals(List.of("a", "b", "a", "b", "a", "b", "a", "b"), done);
  }
}
