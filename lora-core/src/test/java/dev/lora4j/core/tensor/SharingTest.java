package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Programs, tensors and held inputs used, closed and interrupted by several threads. */
class SharingTest {
  private static final int WIDTH = 64;

  /** y = silu(x W^T) four times over, summed; with the gradient of W if it trains. */
  private static Program program(Scope scope, boolean trains) {
    Graph graph = new Graph();
    Expr w = graph.held("w", DType.F32, Shape.of(WIDTH, WIDTH));
    Expr weight = trains ? w.trainable() : w;
    Expr y = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, WIDTH));
    for (int i = 0; i < 4; i++) {
      y = y.linear(weight).silu();
    }
    Expr loss = y.sum();
    return trains
        ? graph.training(scope, List.of(loss, graph.gradients(loss, List.of(weight)).get(0)))
        : graph.inference(scope, List.of(y));
  }

  private static Tensor filled(Scope scope, long rows, int seed) {
    float[] values = new float[(int) rows * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((i * 31 + seed * 17) % 23 - 11) / 40f;
    }
    return Tensor.of(scope, Shape.of(rows, WIDTH), values);
  }

  @Test
  void eightCallersInferWhileOneTrains() throws Exception {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Program inference = program(scope, false);
      Program training = program(scope, true);
      Tensor w = filled(scope, WIDTH, 1);
      HeldInputs forInference = inference.hold(scope, List.of(w));
      HeldInputs forTraining = training.hold(scope, List.of(w));
      List<float[]> alone = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        alone.add(
            inference.run(scope, forInference, List.of(filled(scope, 3 + i, i))).get(0).floats());
      }
      float[] gradient =
          training.run(scope, forTraining, List.of(filled(scope, 5, 9))).get(1).floats();
      ExecutorService callers = Executors.newFixedThreadPool(9);
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int caller = i;
        work.add(
            callers.submit(
                () -> {
                  for (int run = 0; run < 100; run++) {
                    try (Scope step = scope.child("caller")) {
                      Tensor x = filled(step, 3 + caller, caller);
                      Tensor y = inference.run(step, forInference, List.of(x)).get(0);
                      assertArrayEquals(alone.get(caller), y.floats());
                    }
                  }
                }));
      }
      work.add(
          callers.submit(
              () -> {
                for (int run = 0; run < 100; run++) {
                  try (Scope step = scope.child("trainer")) {
                    Tensor x = filled(step, 5, 9);
                    Tensor found = training.run(step, forTraining, List.of(x)).get(1);
                    assertArrayEquals(gradient, found.floats());
                  }
                }
              }));
      for (Future<?> one : work) {
        one.get(2, TimeUnit.MINUTES);
      }
      callers.shutdown();
    }
  }

  @Test
  void closingDuringRunsIsAnErrorNoCrash() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (Engine engine = Engine.open();
          Scope scope = engine.scope("test")) {
        Program program = program(scope, false);
        Tensor w = filled(scope, WIDTH, 1);
        HeldInputs held = program.hold(scope, List.of(w));
        Tensor x = filled(scope, 8, 2);
        float[] expected = program.run(scope, held, List.of(x)).get(0).floats();
        AtomicInteger ran = new AtomicInteger();
        AtomicReference<Optional<Throwable>> wrong = new AtomicReference<>(Optional.empty());
        CountDownLatch begun = new CountDownLatch(4);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Thread thread =
              new Thread(
                  () -> {
                    begun.countDown();
                    while (true) {
                      try (Scope step = engine.scope("step")) {
                        Tensor y = program.run(step, held, List.of(x)).get(0);
                        assertArrayEquals(expected, y.floats());
                        ran.incrementAndGet();
                      } catch (TensorException e) {
                        if (!e.getMessage().contains("closed by SharingTest.java")) {
                          wrong.set(Optional.of(e));
                        }
                        return;
                      } catch (Throwable e) {
                        wrong.set(Optional.of(e));
                        return;
                      }
                    }
                  });
          threads.add(thread);
          thread.start();
        }
        begun.await();
        while (ran.get() < 8 && wrong.get().isEmpty()) {
          Thread.onSpinWait();
        }
        AutoCloseable victim = List.of(program, held, x, w).get(round % 3);
        victim.close();
        for (Thread thread : threads) {
          thread.join(60_000);
          assertFalse(thread.isAlive());
        }
        assertEquals(Optional.empty(), wrong.get());
      }
    }
  }

  @Test
  void closedResourcesNameTheClosingCode() {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Program program = program(scope, false);
      Tensor w = filled(scope, WIDTH, 1);
      HeldInputs held = program.hold(scope, List.of(w));
      Tensor x = filled(scope, 8, 2);
      Scope child = scope.child("inner");
      child.close();
      held.close();
      program.close();
      x.close();
      List<Runnable> uses =
          List.of(
              () -> program.run(scope, held, List.of(x)),
              () -> program.hold(scope, List.of(w)),
              () -> Tensor.scalar(child, 1),
              x::floats,
              () -> x.view(scope, 0, Shape.of(1)),
              () -> x.moveTo(scope));
      for (int i = 0; i < uses.size(); i++) {
        TensorException e = assertThrows(TensorException.class, uses.get(i)::run, "use " + i);
        assertTrue(e.getMessage().contains("closed by SharingTest.java:"), e.getMessage());
      }
      // A second time is harmless.
      held.close();
      program.close();
      x.close();
      child.close();
    }
  }

  @Test
  void closedEngineNamesTheClosingCode() {
    Engine engine = Engine.open();
    Scope scope = engine.scope("test");
    Program program = program(scope, false);
    Tensor w = filled(scope, WIDTH, 1);
    engine.close();
    TensorException e = assertThrows(TensorException.class, () -> program.hold(scope, List.of(w)));
    assertTrue(e.getMessage().contains("closed by SharingTest.java:"), e.getMessage());
    assertThrows(TensorException.class, () -> engine.scope("late"));
    engine.close();
  }

  @Test
  void heldInputsOfAnotherProgramAreRefused() {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Program one = program(scope, false);
      Program two = program(scope, false);
      HeldInputs held = one.hold(scope, List.of(filled(scope, WIDTH, 1)));
      Tensor x = filled(scope, 2, 2);
      assertThrows(TensorException.class, () -> two.run(scope, held, List.of(x)));
      assertThrows(TensorException.class, () -> one.run(scope, List.of(x)));
      assertThrows(TensorException.class, () -> one.hold(scope, List.of()));
    }
  }

  @Test
  void anInterruptCancelsBeforeTheNextRun() throws Exception {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Program program = program(scope, false);
      HeldInputs held = program.hold(scope, List.of(filled(scope, WIDTH, 1)));
      AtomicInteger steps = new AtomicInteger();
      AtomicReference<Optional<Throwable>> end = new AtomicReference<>(Optional.empty());
      Thread worker =
          new Thread(
              () -> {
                try {
                  while (true) {
                    try (Scope step = scope.child("step")) {
                      program.run(step, held, List.of(filled(step, 4, 1)));
                      steps.incrementAndGet();
                    }
                  }
                } catch (CancellationException e) {
                  assertTrue(Thread.currentThread().isInterrupted());
                  end.set(Optional.of(e));
                }
              });
      long live = engine.live();
      worker.start();
      while (steps.get() < 5) {
        Thread.onSpinWait();
      }
      worker.interrupt();
      worker.join(60_000);
      assertTrue(end.get().isPresent());
      assertEquals(live, engine.live());
      // The program is as good as before.
      float[] y = program.run(scope, held, List.of(filled(scope, 4, 1))).get(0).floats();
      assertTrue(Arrays.hashCode(y) != 0);
    }
  }
}
