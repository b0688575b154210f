package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders that PEFT saved change a base as PEFT merges them; golden/peft writes them. */
class PeftFoldersTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("peft"));
  private static final GoldenLayers LAYERS = new GoldenLayers("peft", "");
  private static final Path FOLDER = LAYERS.folder();
  private static final Family FAMILY = LAYERS.family();

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
  void aFolderOfPeftIsMergedAsPeftDoes(Path folder) {
    LoadedAdapter read = AdapterFiles.read(folder, FAMILY);
    assertEquals("[peft]", read.dialects().toString());
    Map<String, HostTensor> merged = GoldenLayers.tensors(folder.resolve("merged.safetensors"));
    assertFalse(merged.isEmpty());
    double error = LAYERS.error(MIXING, read, merged);
    assertTrue(error <= 1e-6, folder + ": " + error);
  }

  @Test
  void newHeadsAndBiasesAreHandedOut() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("saved-head"), FAMILY);
    assertEquals(4, read.replacements().size());
    assertEquals(
        Shape.of(4, 12),
        Objects.requireNonNull(read.replacements().get("base_model.model.head.weight")).shape());
    assertEquals(Reason.REPLACEMENT, read.account().ignored().get("base_model.model.head.weight"));
    assertTrue(read.warnings().toString().contains("new values of whole layers"));
  }

  @Test
  void layersOfUnknownModelsAreGuessed() {
    LoadedAdapter known = AdapterFiles.read(FOLDER.resolve("lora"), FAMILY);
    LoadedAdapter guessed = AdapterFiles.read(FOLDER.resolve("lora"));
    assertEquals(known.adapter().identity(), guessed.adapter().identity());
    assertEquals("", guessed.family().name());
  }
}
