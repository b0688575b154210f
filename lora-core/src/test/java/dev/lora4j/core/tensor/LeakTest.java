package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing grows over steps: neither what the native library holds for us nor the memory of the
 * process. Each step makes tensors of 4 MB in native memory, so that one that stayed behind per
 * step would be 1.8 GB in each window of them.
 */
class LeakTest {
  private static final int STEPS = 450;

  /**
   * Most windows of steps: holes between blocks are filled in the next one, a leak grows in all.
   */
  private static final int WINDOWS = 3;

  private static final int WARM_UP = 50;
  private static final long SIZE = 1 << 20;
  private static final long ALLOWED = 200L << 20;

  private static final Engine ENGINE = Engine.open();
  private static Scope scope;
  private static Program source;
  private static Program training;
  private static Program failing;

  @TempDir private Path folder;

  @BeforeAll
  static void stage() {
    scope = ENGINE.scope("leak");
    Graph large = new Graph();
    Expr value = large.input("value", DType.F32, Shape.of());
    Expr ones =
        large.call(
            "ones", DType.F32, Shape.of(SIZE), List.of(SIZE), Keyword.of("dtype", DType.F32));
    source = large.inference(scope, List.of(ones.mul(value)));
    training = scope.own(gradient(false));
    failing = scope.own(gradient(true));
  }

  private static Program gradient(boolean fails) {
    Graph graph = new Graph();
    Expr w = graph.held("w", DType.F32, Shape.of(Shape.UNKNOWN)).trainable();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN));
    Expr y = w.mul(x).pow(2);
    Expr last = fails ? y.add(graph.input("three", DType.F32, Shape.of(Shape.UNKNOWN))) : y;
    Expr loss = last.sum();
    return graph.training(scope, List.of(loss, graph.gradients(loss, List.of(w)).get(0)));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private interface Step {
    void run(Scope step) throws IOException;
  }

  private static void staysFlat(Step body) throws IOException {
    try (Scope outer = scope.child("flat")) {
      int owned = outer.size();
      steps(outer, body, 1);
      // The first step may compile programs that the engine keeps, such as conversions.
      long live = ENGINE.live();
      steps(outer, body, WARM_UP);
      long growth = Long.MAX_VALUE;
      for (int window = 0; window < WINDOWS && growth >= ALLOWED; window++) {
        Optional<Long> before = resident();
        steps(outer, body, STEPS);
        assertEquals(owned, outer.size());
        assertEquals(live, ENGINE.live());
        growth = before.isEmpty() ? 0 : resident().orElseThrow() - before.get();
      }
      assertTrue(growth < ALLOWED, "grew by " + (growth >> 20) + " MB");
    }
  }

  private static void steps(Scope outer, Step body, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (Scope step = outer.child("step")) {
        body.run(step);
      }
    }
  }

  private static Tensor large(Scope owner) {
    return source.run(owner, Tensor.scalar(owner, 0.5f)).get(0);
  }

  @Test
  void memoryStaysFlatOverSteps() throws IOException {
    try (Scope outer = scope.child("weights")) {
      HeldInputs held = training.hold(outer, List.of(large(outer)));
      staysFlat(step -> training.run(step, held, List.of(large(step))));
    }
  }

  @Test
  void memoryStaysFlatOverFailingSteps() throws IOException {
    try (Scope outer = scope.child("weights")) {
      HeldInputs held = failing.hold(outer, List.of(large(outer)));
      staysFlat(
          step -> {
            Tensor three = Tensor.of(step, Shape.of(3), 1, 2, 3);
            List<Tensor> inputs = List.of(large(step), three);
            assertThrows(TensorException.class, () -> failing.run(step, held, inputs));
          });
    }
  }

  @Test
  void memoryStaysFlatOverRefusedInputs() throws IOException {
    staysFlat(
        step -> {
          Tensor wrong = Tensor.ofLongs(step, Shape.of(1), 1);
          assertThrows(
              TensorException.class, () -> training.hold(step, List.of(large(step), wrong)));
          assertThrows(TensorException.class, () -> source.run(step, wrong));
          ByteBuffer few = ByteBuffer.allocate(7);
          assertThrows(TensorException.class, () -> Tensor.of(step, DType.F32, Shape.of(2), few));
        });
  }

  @Test
  void memoryStaysFlatOverLoadingAndUnloading() throws IOException {
    Path file = folder.resolve("weights.bin");
    Files.write(file, new byte[(int) (4 * SIZE)]);
    staysFlat(
        step -> {
          Tensor whole = Tensor.map(step, file, DType.F32);
          Tensor view = whole.view(step, 16, Shape.of(SIZE - 16));
          whole.close();
          Tensor rounded = view.to(step, DType.BF16).to(step, DType.F32);
          ByteBuffer small = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
          Tensor.of(step, DType.BF16, Shape.of(8), small);
          Graph graph = new Graph();
          Expr w = graph.held("w", DType.F32, Shape.of(Shape.UNKNOWN));
          Program program = graph.inference(step, List.of(w.sum()));
          HeldInputs held = program.hold(step, List.of(rounded));
          rounded.close();
          assertEquals(0, program.run(step, held, List.of()).get(0).floats()[0]);
        });
  }

  /**
   * Resident memory of this process where the system tells it, with a Java heap shrunk to what is
   * used: the native library reads each program through a buffer on it, and how much garbage it may
   * hold depends on the tests that ran in this process before.
   */
  private static Optional<Long> resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return Optional.empty();
    }
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(l -> l.startsWith("VmRSS:"))
        .map(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) << 10)
        .findFirst();
  }
}
