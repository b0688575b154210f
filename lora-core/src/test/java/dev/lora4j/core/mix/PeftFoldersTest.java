package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that PEFT saved change a base as PEFT merges them; golden/peft writes them. */
class PeftFoldersTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("peft"));
  private static final GoldenLayers LAYERS = new GoldenLayers("peft", "");
  private static final Path FOLDER = LAYERS.folder();
  private static final Family FAMILY = LAYERS.family();
  private static final String CONFIGURATION = "adapter_config.json";
  private static final String TENSORS = "adapter_model.safetensors";

  @TempDir Path changed;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void folderIsMergedAsInPeft(Path folder) {
    LoadedAdapter read = AdapterFiles.read(folder, FAMILY);
    assertEquals("[peft]", read.dialects().toString());
    Map<String, HostTensor> merged = GoldenLayers.tensors(folder.resolve("merged.safetensors"));
    assertFalse(merged.isEmpty());
    double error = LAYERS.error(MIXING, read, merged);
    assertTrue(error <= 1e-6, folder + ": " + error);
  }

  /** With all settings that are beside the tensors, in the methods that need some. */
  @ParameterizedTest
  @MethodSource("folders")
  void eachTensorThatIsUsedChangesTheBase(Path folder) throws IOException {
    LoadedAdapter whole = AdapterFiles.read(folder, FAMILY);
    Map<String, HostTensor> before = LAYERS.merged(MIXING, whole);
    Set<String> counted = new TreeSet<>(whole.account().used().keySet());
    counted.addAll(whole.account().converted().keySet());
    assertFalse(counted.isEmpty());
    Files.copy(folder.resolve(CONFIGURATION), changed.resolve(CONFIGURATION));
    Map<String, HostTensor> tensors = GoldenLayers.tensors(folder.resolve(TENSORS));
    for (String key : counted) {
      SafetensorsWriter writer = new SafetensorsWriter();
      tensors.forEach(
          (other, tensor) -> {
            HostTensor t = other.equals(key) ? MethodContractTest.changed(key, tensor) : tensor;
            writer.add(other, t.dtype(), t.shape(), t.bytes());
          });
      writer.write(changed.resolve(TENSORS));
      LoadedAdapter read;
      try {
        read = AdapterFiles.read(changed, FAMILY);
      } catch (AdapterException e) {
        // Weights of VB-LoRA are not below 0.
        assertTrue(String.valueOf(e.getMessage()).contains(key), e.getMessage());
        continue;
      }
      assertNotEquals(before, LAYERS.merged(MIXING, read), key);
    }
  }

  @Test
  void newHeadsAndBiasesCount() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("saved-head"), FAMILY);
    assertEquals(8, read.account().used().size());
    assertEquals(0, read.account().ignored().size());
    assertEquals(0, read.replacements().size());
    Map<String, HostTensor> merged = LAYERS.merged(MIXING, read);
    Map<String, HostTensor> saved =
        GoldenLayers.tensors(FOLDER.resolve("saved-head").resolve(TENSORS));
    assertEquals(saved.get("base_model.model.head.weight"), merged.get("head.weight"));
    assertEquals(saved.get("base_model.model.head.bias"), merged.get("head.bias"));
    assertEquals(
        saved.get("base_model.model.blocks.0.q.base_layer.bias"), merged.get("blocks.0.q.bias"));
  }

  /** PEFT saves the base's bias and the new one once more with {@code bias="all"}. */
  @Test
  void copiesOfBiasesAreNotWarnedOf() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("bias-all"), FAMILY);
    assertEquals(List.of(), read.warnings());
    Map<String, Reason> copies = read.account().ignored();
    assertEquals(
        Set.of(
            "base_model.model.head.modules_to_save.bias",
            "base_model.model.head.original_module.bias"),
        copies.keySet());
    assertEquals(Set.of(Reason.NO_EFFECT), Set.copyOf(copies.values()));
  }

  @ParameterizedTest
  @CsvSource({"dora-bias, lora_only", "oft-bias, oft_only", "boft-bias, boft_only"})
  void newBiasesOfEachTypeAreWritten(String name, String bias) throws IOException {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve(name), FAMILY);
    assertEquals(List.of(), read.warnings());
    Path written = changed.resolve("written");
    AdapterOutput.write(
        read.adapter(), FAMILY, AdapterWriters.named("peft"), WriteOptions.EXACT, written);
    assertEquals(
        GoldenLayers.tensors(FOLDER.resolve(name).resolve(TENSORS)),
        GoldenLayers.tensors(written.resolve(TENSORS)));
    String config = Files.readString(written.resolve(CONFIGURATION));
    assertTrue(config.contains("\"bias\": \"" + bias + "\""), config);
  }

  @Test
  void newHeadsMissingInBaseAreHandedOut() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("saved-head"));
    assertEquals(
        Shape.of(4, 12),
        Objects.requireNonNull(read.replacements().get("base_model.model.head.weight")).shape());
    assertEquals(Reason.REPLACEMENT, read.account().ignored().get("base_model.model.head.weight"));
    assertTrue(read.warnings().toString().contains("new values of layers"));
  }

  @Test
  void newHeadsAndBiasesMatchPeftWhenWritten() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("saved-head"), FAMILY);
    Path written = changed.resolve("written");
    AdapterOutput.write(
        read.adapter(), FAMILY, AdapterWriters.named("peft"), WriteOptions.EXACT, written);
    assertEquals(
        GoldenLayers.tensors(FOLDER.resolve("saved-head").resolve(TENSORS)),
        GoldenLayers.tensors(written.resolve(TENSORS)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lora", "gralora", "hira", "vblora", "vblora-few"})
  void layersOfUnknownModelsAreGuessed(String name) {
    LoadedAdapter known = AdapterFiles.read(FOLDER.resolve(name), FAMILY);
    LoadedAdapter guessed = AdapterFiles.read(FOLDER.resolve(name));
    assertEquals(known.adapter().identity(), guessed.adapter().identity());
    assertEquals("", guessed.family().name());
  }
}
