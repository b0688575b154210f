package dev.lora4j.bench.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTimeTest {
  @TempDir private Path folder;

  private KernelTime of(String... events) throws IOException {
    return KernelTime.of(
        Files.writeString(folder.resolve("t.json"), "[" + String.join(",", events) + "]"));
  }

  private static String event(String name, double begin, double duration) {
    return String.format(
        Locale.ROOT,
        "{\"name\": \"%s\", \"ph\": \"X\", \"ts\": %f, \"dur\": %f}",
        name,
        begin,
        duration);
  }

  @Test
  void callersOfKernelsAreNotCounted() throws IOException {
    KernelTime time =
        of(
            event("aten::linear", 0, 100),
            event("aten::t", 5, 10),
            event("aten::addmm", 20, 70),
            event("aten::expand", 25, 5),
            event("aten::gelu", 110, 40));
    assertEquals(65e-6 + 40e-6, time.kernels(), 1e-12);
    assertEquals(140e-6, time.operators(), 1e-12);
    assertEquals(2, time.count());
  }

  @Test
  void kernelMayPrepareItsResult() throws IOException {
    KernelTime time =
        of(event("aten::sum", 0, 50), event("aten::empty", 2, 5), event("aten::fill_", 10, 10));
    assertEquals(45e-6, time.kernels(), 1e-12);
    assertEquals(50e-6, time.operators(), 1e-12);
    assertEquals(2, time.count());
  }

  @Test
  void theAutogradEngineIsNoOperator() throws IOException {
    KernelTime time =
        of(
            event("aten::mm", 30, 40),
            event("autograd::engine::evaluate_function: MmBackward0", 10, 80),
            event("MmBackward0", 20, 60),
            event("aten::mm", 90, 10));
    assertEquals(50e-6, time.kernels(), 1e-12);
    assertEquals(50e-6, time.operators(), 1e-12);
    assertEquals(new KernelTime(0, 0, 0), of());
  }

  @Test
  void kernelTimeIsLessThanWallTime() {
    Path trace = folder.resolve("trace.json");
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("test")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F32, Shape.of(64, 64));
      Program program = graph.inference(scope, List.of(x.linear(x).softmax(-1).sum()));
      Tensor input = Tensor.of(scope, Shape.of(64, 64), new float[64 * 64]);
      program.run(scope, input);
      long began = System.nanoTime();
      engine.profile(trace, () -> program.run(scope, input));
      double wall = (System.nanoTime() - began) / 1e9;
      KernelTime time = KernelTime.of(trace);
      assertTrue(time.kernels() > 0, time.toString());
      assertTrue(time.kernels() <= time.operators(), time.toString());
      assertTrue(time.operators() < wall, time + " of " + wall);
      assertTrue(time.count() >= 3, "a product, a softmax and a sum: " + time);
    }
  }
}
