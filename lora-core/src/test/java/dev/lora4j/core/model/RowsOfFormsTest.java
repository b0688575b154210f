package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.gguf.GgufWeights;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers that are rows of a quantised weight, such as queries, keys and values in one. */
class RowsOfFormsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Path TYPES =
      Path.of("src/test/resources/dev/lora4j/core/gguf", "types.gguf");
  private static final Shape FUSED = Shape.of(6, 64);
  private static final String FUSED_NAME = "l.weight";

  @TempDir private Path folder;
  private final Scope scope = ENGINE.scope("rows");

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<String> blocks() {
    return GgufFile.open(TYPES).tensors().keySet().stream()
        .filter(name -> weights(GgufWeight.of("w", name)).quantised("w").isPresent());
  }

  private static GgufWeights weights(GgufWeight weight) {
    return new GgufWeights(GgufFile.open(TYPES), List.of(weight));
  }

  private static Map<String, StoredWeight> thirds(StoredTensors store, String name) {
    Shape whole = Optional.ofNullable(store.tensors().get(name)).orElseThrow().shape();
    Shape third = whole.with(0, whole.size(0) / 3);
    return Map.of(
        "first", new StoredWeight(name, 0, third, false),
        "last", new StoredWeight(name, 2 * third.elements(), third, false));
  }

  /** Requires kept rows to have the numbers of these rows in the whole weight. */
  private void assertKept(StoredTensors store, String name) {
    Map<String, StoredWeight> places = thirds(store, name);
    WeightStore kept = StoredForms.of(store, places, DType.F32).mapped(scope);
    assertEquals(places.keySet(), kept.forms().keySet());
    int count =
        (int) Optional.ofNullable(store.tensors().get(name)).orElseThrow().shape().elements();
    float[] whole = new float[count];
    store.decode(name, 0, whole);
    float[] first = kept.numbers(scope, "first").floats();
    assertArrayEquals(Arrays.copyOf(whole, count / 3), first);
    float[] last = kept.numbers(scope, "last").floats();
    assertArrayEquals(Arrays.copyOfRange(whole, count - count / 3, count), last);
  }

  private static boolean kept(StoredTensors store, String name) {
    return !StoredForms.of(store, thirds(store, name), DType.F32).places().isEmpty();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void rowsOfGgufStayInTheirBlocks(String name) {
    assertKept(weights(GgufWeight.of("w", name)), "w");
  }

  /** Rows that a converter has mixed, and rows that end within a block, become numbers. */
  @Test
  void rowsThatAreNoBlocksBecomeNumbers() {
    assertEquals(false, kept(weights(GgufWeight.of("w", "Q8_0").withPairedHeads(3)), "w"));
    long elements = GgufFile.open(TYPES).tensor("Q8_0").elements();
    Shape narrow = Shape.of(elements / 8, 8);
    GgufWeights rows = weights(GgufWeight.of("w", "Q8_0").withShape(narrow));
    StoredWeight within = new StoredWeight("w", 8, Shape.of(8, 8), false);
    assertEquals(Map.of(), StoredForms.of(rows, Map.of("within", within), DType.F32).places());
  }

  private TensorStore store(DType type, String scale, int count) {
    byte[] codes = new byte[(int) FUSED.elements()];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(0x70);
    }
    float[] scales = new float[count];
    for (int i = 0; i < count; i++) {
      scales[i] = 0.5f + i;
    }
    Shape shape = scale.endsWith("inv") ? Shape.of(1, 1) : Shape.of(count);
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(FUSED_NAME, type, FUSED, codes)
            .add(scale, DType.F32, shape, HostTensor.of(shape, scales).bytes());
    Path file = folder.resolve("model.safetensors");
    writer.write(file);
    return TensorStore.open(file);
  }

  @ParameterizedTest
  @CsvSource({"F8_E4M3,l.scale_weight,1", "F8_E5M2,l.weight_scale,6", "I8,l.SCB,6"})
  void rowsStayCodesWithTheirScales(DType type, String scale, int count) {
    try (TensorStore file = store(type, scale, count)) {
      assertKept(QuantisedTensors.of(file), FUSED_NAME);
    }
  }

  /** A block of 128 rows has one scale. */
  @Test
  void rowsWithinABlockBecomeNumbers() {
    try (TensorStore file = store(DType.F8_E4M3, "l.weight_scale_inv", 1)) {
      assertEquals(false, kept(QuantisedTensors.of(file), FUSED_NAME));
    }
  }
}
