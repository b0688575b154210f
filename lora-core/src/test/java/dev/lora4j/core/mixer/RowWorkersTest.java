package dev.lora4j.core.mixer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowWorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void eachBlockIsTakenOnce(int threads) {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(threads))) {
      List<TreeSet<Integer>> lanes =
          RowWorkers.each(engine, 50, TreeSet::new, (taken, block) -> assertTrue(taken.add(block)));
      assertEquals(threads, lanes.size());
      TreeSet<Integer> all = new TreeSet<>();
      lanes.forEach(all::addAll);
      assertEquals(50, lanes.stream().mapToInt(TreeSet::size).sum());
      assertEquals(50, all.size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 49})
  void failureInAWorkerIsThrown(int failing) {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(2))) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  RowWorkers.each(
                      engine,
                      50,
                      TreeSet::new,
                      (taken, block) -> {
                        if (block == failing) {
                          throw new IllegalStateException("block " + block);
                        }
                      }));
      assertEquals("block " + failing, thrown.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void interruptedCallerGetsCancellationException(int threads) {
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(threads))) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> RowWorkers.each(engine, 50, TreeSet::new, (taken, block) -> taken.add(block)));
      assertTrue(Thread.interrupted());
    }
  }
}
