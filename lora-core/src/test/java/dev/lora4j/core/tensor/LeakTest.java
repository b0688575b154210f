package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Nothing grows over steps, also when steps fail. */
class LeakTest {
  private static final int STEPS = 500;
  private static final long SIZE = 1 << 20;

  @Test
  void memoryStaysFlatOverStepsAndFailures() throws IOException {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN)).trainable();
      Expr y = graph.input("y", DType.F32, Shape.of(Shape.UNKNOWN));
      Expr loss = x.mul(y).pow(2).sum();
      Expr gradient = graph.gradients(loss, List.of(x)).get(0);
      Program program = graph.training(scope, List.of(loss, gradient));
      float[] values = new float[(int) SIZE];
      Tensor weight = Tensor.of(scope, Shape.of(SIZE), values);
      int owned = scope.size();
      Optional<Long> before = Optional.empty();
      for (int i = 0; i < STEPS; i++) {
        try (Scope step = scope.child("step")) {
          Tensor input = Tensor.of(step, Shape.of(SIZE), values);
          program.run(step, weight, input);
          if (i % 10 == 0) {
            Tensor wrong = Tensor.of(step, Shape.of(3), 1, 2, 3);
            assertThrows(TensorException.class, () -> program.run(step, weight, wrong));
          }
        }
        if (i == 50) {
          before = resident();
        }
      }
      assertEquals(owned, scope.size());
      // One leaked tensor per step would be 450 times 4 MB; the Java heap itself may grow a little.
      if (before.isPresent()) {
        long growth = resident().orElseThrow() - before.get();
        assertTrue(growth < 600L << 20, "grew by " + (growth >> 20) + " MB");
      }
    }
  }

  /** Resident memory of this process where the system tells it. */
  private static Optional<Long> resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return Optional.empty();
    }
    return Files.readAllLines(status).stream()
        .filter(l -> l.startsWith("VmRSS:"))
        .map(l -> Long.parseLong(l.replaceAll("[^0-9]", "")) << 10)
        .findFirst();
  }
}
