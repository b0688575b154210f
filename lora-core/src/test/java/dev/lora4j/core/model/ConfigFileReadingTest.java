package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.config.AdapterConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration may be before anybody asks for a key of it. */
class ConfigFileReadingTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  @Test
  void aConfigurationOfGigabytesIsRefused() throws IOException {
    Path file = folder.resolve("config.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }
    refused("it has 2147483648 bytes; at most 16777216 bytes are read here.", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void aConfigurationNestedWithoutEndIsRefused(String level) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), level.repeat(100_000));
    refused("is not valid JSON: ", file);
    assertThrows(AdapterException.class, () -> AdapterConfig.read(file));
  }

  @Test
  void aPipeOrFolderIsRefusedByName() throws Exception {
    Path pipe = folder.resolve("config.json");
    // Systems without pipes in folders have no such command, and nothing to refuse.
    if (Files.isExecutable(Path.of("/usr/bin/mkfifo"))) {
      assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
      assertTimeoutPreemptively(SOON, () -> refused("it is a pipe, a socket or a device", pipe));
      assertTimeoutPreemptively(
          SOON, () -> assertThrows(AdapterException.class, () -> AdapterConfig.read(pipe)));
    }
    refused("it is a folder; expected a file.", folder);
    refused("expected a model folder in the layout", folder.resolve("absent.json"));
  }

  private static void refused(String reason, Path file) {
    String message = assertThrows(ModelException.class, () -> ConfigFile.read(file)).getMessage();
    assertTrue(message.contains(reason) && message.contains(file.toString()), message);
  }
}
