package dev.lora4j.server.lorax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeptValuesTest {
  private final AtomicInteger made = new AtomicInteger();
  private final KeptValues<String, Integer> kept = new KeptValues<>(10, Integer::longValue);

  private int get(String key, int size) {
    return kept.get(
        key,
        () -> {
          made.incrementAndGet();
          return size;
        });
  }

  @Test
  void leastRecentlyUsedGoesFirst() {
    get("a", 4);
    get("b", 4);
    get("a", 4);
    get("c", 4);
    assertEquals(3, made.get());
    get("a", 4);
    assertEquals(3, made.get());
    get("b", 4);
    assertEquals(4, made.get());
    assertEquals(2, kept.size());
  }

  @Test
  void valueLargerThanAllRoomIsKeptAlone() {
    get("a", 4);
    get("large", 50);
    get("large", 50);
    assertEquals(2, made.get());
    assertEquals(1, kept.size());
  }

  @Test
  void failureIsNotKept() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                kept.get(
                    "a",
                    () -> {
                      throw new IllegalArgumentException("no");
                    }));
    assertEquals("no", e.getMessage());
    assertEquals(5, get("a", 5));
  }

  @Test
  void valueIsMadeOnceForAll() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(() -> get("a", 3));
      }
      for (Future<Integer> one : threads.invokeAll(calls)) {
        assertEquals(3, one.get());
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(1, made.get());
  }
}
