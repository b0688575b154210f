package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTrainingsTest {
  /** Waits as a training does that is asked to stop. */
  private static String untilStopped(String said) {
    try {
      new CountDownLatch(1).await();
      return said;
    } catch (InterruptedException e) {
      throw new CancellationException(said);
    }
  }

  @Test
  void resultsComeInTheOrderOfTrainings() {
    CountDownLatch last = new CountDownLatch(1);
    ParallelTrainings all = new ParallelTrainings(3);
    List<Supplier<Integer>> trainings = new ArrayList<>();
    trainings.add(
        () -> {
          all.begun();
          await(last);
          return 1;
        });
    trainings.add(() -> 2);
    trainings.add(
        () -> {
          last.countDown();
          return 3;
        });
    assertEquals(List.of(1, 2, 3), all.run(trainings));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void otherTrainingsStartAfterTheFirstStep() {
    Set<String> began = ConcurrentHashMap.newKeySet();
    ParallelTrainings all = new ParallelTrainings(2);
    Supplier<Boolean> first =
        () -> {
          boolean alone = began.isEmpty();
          all.begun();
          return alone;
        };
    assertEquals(List.of(true, true), all.run(List.of(first, () -> began.add("second"))));
  }

  @Test
  void largeBasesAndOneThreadHaveOneLane() {
    assertEquals(3, ParallelTrainings.lanes(3, 2, 8_400_000));
    assertEquals(2, ParallelTrainings.lanes(2, 16, 8_400_000));
    assertEquals(1, ParallelTrainings.lanes(3, 1, 8_400_000));
    assertEquals(1, ParallelTrainings.lanes(3, 8, 860_000_000));
  }

  @Test
  void singleLaneRunsTrainingsInOrder() {
    List<Integer> order = new ArrayList<>();
    List<Supplier<Boolean>> trainings =
        List.of(() -> order.add(1), () -> order.add(2), () -> order.add(3));
    new ParallelTrainings(1).run(trainings);
    assertEquals(List.of(1, 2, 3), order);
  }

  @Test
  void failureBeforeAllAreSubmittedIsReported() {
    CountDownLatch stopped = new CountDownLatch(1);
    ParallelTrainings all = new ParallelTrainings(2);
    List<Supplier<String>> trainings =
        List.of(
            () -> {
              all.begun();
              try {
                return untilStopped("stopped");
              } finally {
                stopped.countDown();
              }
            },
            () -> {
              throw new IllegalArgumentException("too large");
            },
            () -> "late");
    List<Supplier<String>> slow =
        new AbstractList<>() {
          @Override
          public Supplier<String> get(int i) {
            if (i == 2) {
              await(stopped);
            }
            return trainings.get(i);
          }

          @Override
          public int size() {
            return trainings.size();
          }
        };
    Exception failed = assertThrows(IllegalArgumentException.class, () -> all.run(slow));
    assertEquals("too large", failed.getMessage());
  }

  @Test
  void failureOfOneStopsTheOthers() {
    ParallelTrainings all = new ParallelTrainings(2);
    List<String> begun = new ArrayList<>();
    List<Supplier<String>> trainings =
        List.of(
            () -> {
              all.begun();
              return untilStopped("stopped");
            },
            () -> {
              throw new IllegalArgumentException("too large");
            },
            () -> {
              begun.add("third");
              return "";
            });
    Exception failed = assertThrows(IllegalArgumentException.class, () -> all.run(trainings));
    assertEquals("too large", failed.getMessage());
    assertTrue(begun.isEmpty(), "no other begins");
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void finishedTrainingsAreReportedOnInterrupt() {
    Thread caller = Thread.currentThread();
    List<Supplier<Integer>> trainings =
        List.of(
            () -> {
              caller.interrupt();
              // Ends as one does that is asked to stop after its last step.
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              return 1;
            },
            () -> 2);
    Exception stopped =
        assertThrows(CancellationException.class, () -> new ParallelTrainings(1).run(trainings));
    assertTrue(Thread.interrupted());
    assertEquals(
        "1 of 2 trainings is finished and kept." + ResumableTraining.GOES_ON, stopped.getMessage());
  }

  @Test
  void interruptReportsEachTrainingOnce() {
    ParallelTrainings all = new ParallelTrainings(2);
    Thread caller = Thread.currentThread();
    Supplier<String> first =
        () -> {
          all.begun();
          return untilStopped("Training 1 is kept." + ResumableTraining.GOES_ON);
        };
    Supplier<String> second =
        () -> {
          caller.interrupt();
          return untilStopped("Training 2 is kept." + ResumableTraining.GOES_ON);
        };
    Exception stopped =
        assertThrows(CancellationException.class, () -> all.run(List.of(first, second)));
    assertTrue(Thread.interrupted(), "the caller's interrupt is kept");
    assertEquals(
        "Training 1 is kept. Training 2 is kept." + ResumableTraining.GOES_ON,
        stopped.getMessage());
  }
}
