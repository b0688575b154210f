package dev.lora4j.core.model.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.QuantisationConfig;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that AutoGPTQ and AutoAWQ packed ({@code golden/quantised/packed.py}). */
class ModelConversionTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/lora4j/core/model/packed");

  @TempDir private Path folder;

  /** The layer of a case, with another configuration or other tensors if need be. */
  private Path model(String name, Map<String, Object> fields, Map<String, HostTensor> changed)
      throws IOException {
    JsonObject section =
        JsonParser.parseString(Files.readString(GOLDEN.resolve(name + ".json"))).getAsJsonObject();
    fields.forEach((key, value) -> section.add(key, JsonParser.parseString(String.valueOf(value))));
    JsonObject config = new JsonObject();
    config.add("quantization_config", section);
    config.addProperty("torch_dtype", "float16");
    Path made = Files.createDirectories(folder.resolve("model"));
    Files.writeString(made.resolve("config.json"), config.toString());
    Map<String, HostTensor> tensors = new TreeMap<>();
    try (Safetensors file = Safetensors.open(GOLDEN.resolve(name + ".safetensors"))) {
      for (TensorInfo info : file.tensors().values()) {
        if (!info.name().equals("expected")) {
          tensors.put(
              info.name(), HostTensor.owning(info.dtype(), info.shape(), file.bytes(info.name())));
        }
      }
    }
    tensors.putAll(changed);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((key, t) -> writer.add(key, t.dtype(), t.shape(), t.bytes()));
    writer.write(made.resolve("model.safetensors"));
    return made;
  }

  private static HostTensor read(Path file, String name) {
    try (TensorStore store = TensorStore.open(file)) {
      TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
      return HostTensor.owning(info.dtype(), info.shape(), store.bytes(name));
    }
  }

  private Path converted(Path model, DType type) {
    Path out = folder.resolve("out-" + type);
    try (PackedModel packed = PackedModel.open(model)) {
      ModelConversion.write(packed, type, out, (done, name) -> {});
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gptq-2",
        "gptq-3",
        "gptq-4",
        "gptq-8",
        "gptq-order",
        "gptq-column",
        "gptq-second",
        "awq"
      })
  void numbersAreThoseOfTheProgram(String name) throws IOException {
    Path model = model(name, Map.of(), Map.of());
    HostTensor expected = read(GOLDEN.resolve(name + ".safetensors"), "expected");
    assertTrue(expected.finite() && !expected.zero());
    HostTensor half =
        read(converted(model, DType.F16).resolve("model.safetensors"), "layer.weight");
    assertEquals(expected, half);
    // In F32 the product is exact; rounding it is what the program does.
    HostTensor exact =
        read(converted(model, DType.F32).resolve("model.safetensors"), "layer.weight");
    assertEquals(expected, HostTensor.of(DType.F16, exact.shape(), exact.doubles()));
    HostTensor brain =
        read(converted(model, DType.BF16).resolve("model.safetensors"), "layer.weight");
    assertEquals(HostTensor.of(DType.BF16, exact.shape(), exact.doubles()), brain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-gptq", "llama-awq"})
  void aWholeModelIsAPlainFolderThen(String name) throws IOException {
    Path model = GOLDEN.resolve(name);
    assertTrue(PackedModel.is(model));
    List<String> told = new ArrayList<>();
    Path out = folder.resolve("plain");
    try (PackedModel packed = PackedModel.open(model)) {
      assertEquals(14, packed.packed());
      ModelConversion.write(packed, DType.F16, out, (done, tensor) -> told.add(tensor));
      assertEquals(packed.written(), told.size());
      assertEquals(name.equals("llama-gptq") ? 14 : 0, packed.emptied().size());
    }
    assertFalse(PackedModel.is(out));
    ConfigFile config = ConfigFile.read(out.resolve("config.json"));
    QuantisationConfig.require(config);
    assertEquals("float16", config.text("dtype", ""));
    assertEquals(64, config.integer("hidden_size"));
    try (TensorStore expected = TensorStore.open(GOLDEN.resolve(name + "-expected.safetensors"));
        TensorStore written = TensorStore.open(WeightFiles.main(out))) {
      assertEquals(
          new TreeSet<>(expected.tensors().keySet()), new TreeSet<>(written.tensors().keySet()));
      assertEquals(written.tensors().keySet(), Set.copyOf(told));
      for (TensorInfo info : expected.tensors().values()) {
        TensorInfo own = Optional.ofNullable(written.tensors().get(info.name())).orElseThrow();
        assertEquals(info.shape(), own.shape(), info.name());
        assertEquals(info.dtype(), own.dtype(), info.name());
        assertArrayEquals(expected.bytes(info.name()), written.bytes(info.name()), info.name());
      }
    }
    Set<String> files = names(out);
    assertTrue(files.containsAll(Set.of("vocab.txt", "generation_config.json")), files.toString());
    assertFalse(files.contains("quantize_config.json"), files.toString());
    assertEquals(
        name.equals("llama-awq") ? 3 : 1,
        files.stream().filter(f -> f.endsWith(".safetensors")).count());
  }

  private static Set<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String refusal(Path model) {
    String told =
        assertThrows(ModelException.class, () -> converted(model, DType.F16)).getMessage();
    assertEquals(Set.of("model"), names(folder), "something was left behind");
    return told;
  }

  @ParameterizedTest
  @CsvSource({
    "gptq-4, checkpoint_format, '\"marlin\"', marlin",
    "gptq-4, is_marlin_format, true, is_marlin_format",
    "gptq-4, bits, 5, 'bits'",
    "gptq-4, bits, 16, 'bits'",
    "gptq-4, group_size, 0, group_size",
    "gptq-4, dynamic, '{\"a\": {\"bits\": 8}}', dynamic",
    "gptq-4, pack_dtype, '\"int64\"', pack_dtype",
    "gptq-4, rotation, '\"hadamard\"', rotation",
    "gptq-4, quant_method, '\"aqlm\"', aqlm",
    "awq, version, '\"gemv\"', gemv",
    "awq, zero_point, false, zero_point",
    "awq, bits, 3, 'bits'",
    "gptq-4, bits, 2, layer",
    "gptq-4, group_size, 16, layer"
  })
  void whatIsNotReadIsRefusedByName(String name, String field, String value, String named)
      throws IOException {
    String told = refusal(model(name, Map.of(field, value), Map.of()));
    assertTrue(told.contains(named), told);
  }

  @Test
  void damagedWeightsAreRefusedByName() throws IOException {
    HostTensor zeros = HostTensor.of(DType.I32, Shape.of(2, 6), ByteBuffer.allocate(48));
    String shape = refusal(model("gptq-4", Map.of(), Map.of("layer.qzeros", zeros)));
    assertTrue(shape.contains("layer.qzeros") && shape.contains("[2, 12]"), shape);
    double[] numbers = new double[192];
    numbers[7] = Double.NaN;
    HostTensor scales = HostTensor.of(DType.F16, Shape.of(2, 96), numbers);
    String scale = refusal(model("gptq-4", Map.of(), Map.of("layer.scales", scales)));
    assertTrue(scale.contains("NaN") && scale.contains("layer.scales"), scale);
    ByteBuffer groups = ByteBuffer.allocate(256);
    groups.put(40, (byte) 9);
    HostTensor wrong = HostTensor.of(DType.I32, Shape.of(64), groups);
    String group = refusal(model("gptq-4", Map.of(), Map.of("layer.g_idx", wrong)));
    assertTrue(group.contains("group 9 of column 10"), group);
    HostTensor alone = HostTensor.of(DType.I32, Shape.of(1, 1), ByteBuffer.allocate(4));
    String lost = refusal(model("awq", Map.of(), Map.of("other.qzeros", alone)));
    assertTrue(lost.contains("other.qzeros"), lost);
    String part = refusal(model("awq", Map.of(), Map.of("other.qweight", alone)));
    assertTrue(part.contains("other.qzeros"), part);
    HostTensor twice = HostTensor.of(Shape.of(1), 1);
    String both = refusal(model("awq", Map.of(), Map.of("layer.weight", twice)));
    assertTrue(both.contains("both"), both);
  }

  @Test
  void numbersTooLargeForTheTypeAreRefused() throws IOException {
    HostTensor large = HostTensor.of(Shape.of(2), 1e6f, 1);
    Path model = model("awq", Map.of(), Map.of("norm.weight", large));
    String told = refusal(model);
    assertTrue(told.contains("norm.weight") && told.contains("--dtype"), told);
    assertEquals(
        large, read(converted(model, DType.F32).resolve("model.safetensors"), "norm.weight"));
  }

  @Test
  void anOutputThatIsThereIsLeftAlone() throws IOException {
    Path model = model("awq", Map.of(), Map.of());
    Path out = Files.createDirectories(folder.resolve("out-F16"));
    Files.writeString(out.resolve("mine.txt"), "mine");
    assertThrows(ModelException.class, () -> converted(model, DType.F16));
    assertEquals(Set.of("mine.txt"), names(out));
  }

  /** Until it is converted, the refusal has the command. */
  @Test
  void aPackedModelIsRefusedWithTheCommand() {
    ConfigFile config = ConfigFile.read(GOLDEN.resolve("llama-awq/config.json"));
    String told =
        assertThrows(ModelException.class, () -> QuantisationConfig.require(config)).getMessage();
    assertTrue(told.contains("./lora4j convert ") && told.contains("llama-awq -o "), told);
  }
}
