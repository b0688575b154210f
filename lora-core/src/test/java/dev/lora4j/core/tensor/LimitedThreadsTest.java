package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LimitedThreadsTest {
  private static final Path TASKS = Path.of("/proc/self/task");

  private Engine engine;
  private Program program;
  private Tensor input;

  @BeforeEach
  void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(2));
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
    Scope scope = engine.scope("limited");
    program = graph.inference(scope, List.of(x.exp()));
    input = Tensor.of(scope, Shape.of(1 << 20), new float[1 << 20]);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private boolean ran() {
    try (Scope scope = engine.scope("run")) {
      return HostTensor.of(program.run(scope, input).get(0)).doubles()[7] == 1;
    }
  }

  /** The threads of all engines, and those that their operators take to help; Linux alone tells. */
  private static Set<String> tasks() throws IOException {
    Set<String> tasks = new TreeSet<>();
    if (Files.exists(TASKS)) {
      try (Stream<Path> all = Files.list(TASKS)) {
        for (Path task : all.toList()) {
          // Others look at the machine's load and hold spare teams, at times of their own.
          if (name(task).matches("lora4j-\\d+")) {
            tasks.add(task.getFileName().toString());
          }
        }
      }
    }
    return tasks;
  }

  /** Name of a thread; none if it ended after it was listed. */
  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void limitedOperatorTakesNoHelper() {
    engine.call(() -> 0);
    assertEquals(Set.of(), added(() -> engine.limited(1, this::ran)));
    assertEquals(Files.exists(TASKS) ? 1 : 0, added(this::ran).size());
  }

  /** A thread that asks libtorch for its number after it was told one gets that of another. */
  @Test
  void singleThreadLimitHoldsWhenOthersUseTwo() throws Exception {
    CompletableFuture<Set<String>> helpers =
        engine.call(
            () -> {
              CountDownLatch limited = new CountDownLatch(1);
              CountDownLatch told = new CountDownLatch(1);
              CompletableFuture<Set<String>> added =
                  CompletableFuture.supplyAsync(
                      () ->
                          engine.alone(
                              () -> {
                                limited.countDown();
                                await(told);
                                return added(this::ran);
                              }));
              await(limited);
              engine.backend().operatorThreads(2);
              told.countDown();
              return added;
            });
    assertEquals(Set.of(), helpers.get(30, TimeUnit.SECONDS));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Threads that work brings; those of engines that were closed may end meanwhile. */
  private static Set<String> added(BooleanSupplier work) {
    try {
      Set<String> before = tasks();
      assertTrue(work.getAsBoolean());
      Set<String> added = tasks();
      added.removeAll(before);
      return added;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void limitEndsWithItsWork() {
    assertThrows(
        IllegalStateException.class,
        () ->
            engine.limited(
                1,
                () -> {
                  ran();
                  throw new IllegalStateException();
                }));
    assertEquals(Files.exists(TASKS) ? 1 : 0, added(this::ran).size());
  }

  @Test
  void otherNumbersAreRefused() {
    for (int wrong : new int[] {0, -1, 3}) {
      String said =
          assertThrows(IllegalArgumentException.class, () -> engine.limited(wrong, () -> 0))
              .getMessage();
      assertEquals("operators of this engine use 1 to 2 threads, found " + wrong, said);
    }
  }
}
