package dev.lora4j.core.quantised;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Memory of a step through many layers in few bits: their numbers would take ten times what it may.
 * Linux alone tells the greatest use of memory.
 */
class QuantisedMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final int WIDTH = 1024;
  private static final int LAYERS = 60;
  private static final Shape SHAPE = Shape.of(WIDTH, WIDTH);

  static Stream<Quantisation> quantisations() {
    return Stream.of(new Nf4(64, true), new Fp4(64, false), new Int8(), new Fp8());
  }

  private static long kibibytes(String key) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("quantisations")
  void numbersLiveInTheirLayerAlone(Quantisation how) throws IOException {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("layers")) {
      Map<String, Tensor> tensors = new HashMap<>();
      Map<String, WeightForm> forms = new HashMap<>();
      weights(scope, how, tensors, forms);
      Graph graph = new Graph();
      FrozenWeights frozen = new FrozenWeights(DType.F32, "", forms);
      Expr x = graph.input("x", DType.F32, Shape.of(8, WIDTH)).trainable();
      Expr h = x;
      for (String name : forms.keySet()) {
        h = h.linear(frozen.weight(graph, new Parameter(name, SHAPE, Parameter.Init.KAIMING)));
      }
      Expr loss = h.mul(h).mean();
      Program program =
          graph.training(scope, List.of(loss.detach(), graph.gradients(loss, List.of(x)).get(0)));
      HeldInputs held =
          program.hold(scope, name -> Objects.requireNonNull(tensors.get(name), name));
      run(scope, program, held); // what the engine keeps for itself is there after it
      if (Files.isWritable(RESET)) {
        Files.writeString(RESET, "5");
        long before = kibibytes("VmRSS");
        run(scope, program, held);
        long more = kibibytes("VmHWM") - before;
        long numbers = (DType.F32.bytes(SHAPE.elements()) * LAYERS) >> 10;
        assertTrue(more < numbers / 10, how.name() + " took " + more + " KiB of " + numbers);
      }
    }
  }

  /** Layers of one and the same weight, each with tensors of its own. */
  private static void weights(
      Scope scope, Quantisation how, Map<String, Tensor> tensors, Map<String, WeightForm> forms) {
    float[] values = new float[WIDTH * WIDTH];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() / 32;
    }
    QuantisedWeight weight = how.quantised(values, SHAPE);
    for (int layer = 0; layer < LAYERS; layer++) {
      String name = "layer." + layer;
      weight
          .parts()
          .forEach((part, value) -> tensors.put(WeightForm.tensor(name, part), value.on(scope)));
      how.form()
          .constants()
          .forEach((part, value) -> tensors.put(WeightForm.tensor(name, part), value.on(scope)));
      forms.put(name, weight.form());
    }
  }

  private static void run(Scope scope, Program program, HeldInputs held) {
    try (Scope once = scope.child("run")) {
      program.run(once, held, List.of(Tensor.of(once, Shape.of(8, WIDTH), new float[8 * WIDTH])));
    }
  }
}
