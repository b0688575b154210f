package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.safetensors.SafetensorsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Published files. */
@Tag("shared-data")
class SharedFilesTest {
  private static Path file(String name) {
    Path folder = Path.of(System.getProperty("lora4j.shared-data", ""), "lora");
    assertTrue(Files.isDirectory(folder), "run with -Pshared-data");
    return folder.resolve(name);
  }

  @Test
  void loraDiffusionFileIsBoundToItsLayers() {
    LoadedAdapter read = AdapterFiles.read(file("analog_svd_rank4.safetensors"));
    assertEquals("sd15", read.family().name());
    assertEquals(Set.of("lora-diffusion"), read.dialects());
    assertEquals(384, read.account().used().size());
    assertEquals(144 + 48, read.adapter().sites().size());
  }

  @Test
  void oldNamesOfDiffusersAreRead() {
    LoadedAdapter read = AdapterFiles.read(file("axe_lora.safetensors"));
    assertEquals("sd15", read.family().name());
    assertEquals(Set.of("diffusers-old"), read.dialects());
    assertEquals(256, read.account().used().size());
    assertEquals(128, read.adapter().sites().size());
  }

  @Test
  void embeddingIsRefusedAsTextualInversion() {
    AdapterException e =
        assertThrows(
            AdapterException.class, () -> AdapterFiles.read(file("test_embedding.safetensors")));
    assertTrue(e.getMessage().contains("textual inversion"), e.getMessage());
  }

  @Test
  void aPickleIsNeverOpened() {
    SafetensorsException e =
        assertThrows(
            SafetensorsException.class,
            () -> AdapterFiles.read(file("roberta_base_lora_mnli.bin")));
    assertTrue(e.getMessage().contains("never opened"), e.getMessage());
  }
}
