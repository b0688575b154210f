package dev.lora4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.gguf.block.BlockNumbers;
import dev.lora4j.core.nn.FormPieces;
import dev.lora4j.core.nn.MappedTensors;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs make the numbers of mapped blocks that are decoded on the heap, to the last bit. */
class GgufFormTest {
  private static final Path FILE = Path.of("src/test/resources/dev/lora4j/core/gguf", "types.gguf");
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<GgufWeight> weights() {
    return Arrays.stream(GgufType.values())
        .filter(t -> t.block().filter(BlockNumbers::stages).isPresent())
        .flatMap(
            t -> {
              GgufWeight plain = GgufWeight.of("w", t.name());
              Shape other = Shape.of(GgufFile.open(FILE).tensor(t.name()).elements() / 8, 2, 4);
              return Stream.of(
                  plain, plain.withPairedHeads(3).withAdded(1), plain.withShape(other));
            });
  }

  @ParameterizedTest
  @MethodSource("weights")
  void numbersAreThoseThatAreDecoded(GgufWeight weight) {
    GgufWeights weights = new GgufWeights(GgufFile.open(FILE), List.of(weight));
    Shape shape = weights.tensors().get("w").shape();
    float[] expected = new float[(int) shape.elements()];
    weights.decode("w", 0, expected);
    StoredForm stored = weights.quantised("w").orElseThrow();
    try (Scope scope = ENGINE.scope("blocks")) {
      Graph graph = new Graph();
      Map<String, Expr> inputs = new HashMap<>();
      Map<String, Tensor> given = new HashMap<>();
      MappedTensors mapped = new MappedTensors(weights, scope);
      stored.mapped().forEach((part, info) -> given.put(part, mapped.tensor(scope, info)));
      Map<String, HostTensor> parts = new HashMap<>();
      given.forEach((part, tensor) -> parts.put(part, HostTensor.of(tensor)));
      stored.form().constants().forEach((part, value) -> given.put(part, value.on(scope)));
      given.forEach((part, t) -> inputs.put(part, graph.input(part, t.dtype(), t.shape())));
      Expr numbers = stored.form().dequantised(inputs, shape, DType.F32);
      float[] found = graph.inference(scope, List.of(numbers)).run(scope, given).get(0).floats();
      assertSame(weight, expected, found);
      float[] plain = new float[64];
      stored.form().numbers(parts, shape, 128, plain);
      assertSame(weight, Arrays.copyOfRange(expected, 128, 192), plain);
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void numbersInPiecesAreThoseOfTheWhole(GgufType type) {
    FormPieces.assertSame(ENGINE, new GgufForm(type, 0, 0.5f), Shape.of(2500, 1024));
  }

  static Stream<GgufType> types() {
    return Arrays.stream(GgufType.values())
        .filter(t -> t.block().isPresent() && BlockNumbers.stages(t.block().get()));
  }

  private static void assertSame(GgufWeight weight, float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < found.length; i++) {
      boolean same =
          Float.isNaN(expected[i])
              ? Float.isNaN(found[i])
              : Float.floatToRawIntBits(expected[i]) == Float.floatToRawIntBits(found[i]);
      assertTrue(same, weight + "[" + i + "]: " + expected[i] + " is " + found[i]);
    }
  }
}
