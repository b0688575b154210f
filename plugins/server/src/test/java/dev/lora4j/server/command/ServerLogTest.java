package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ServerLogTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.lora4j.server");

  @TempDir private Path folder;

  @AfterEach
  void close() {
    LOGGER.detachAndStopAllAppenders();
    LOGGER.setLevel(null);
    LOGGER.setAdditive(true);
  }

  @Test
  void requestsAndAdaptersShareTheFile() throws IOException {
    Path file = folder.resolve("server.log");
    ServerLog.open(Optional.of(file));
    LoggerFactory.getLogger("dev.lora4j.server.access").info("{\"path\":\"/health\"}");
    LoggerFactory.getLogger("dev.lora4j.server.adapters").info("adapters: loaded ink");
    String text = Files.readString(file);
    assertTrue(text.contains("{\"path\":\"/health\"}\n"), text);
    assertTrue(text.contains("loaded ink"), text);
  }

  /** A device on which there is never room, where the system has one. */
  @Test
  void fullDiskLosesLinesAlone() {
    Path full = Path.of("/dev/full");
    ServerLog.open(Optional.of(Files.exists(full) ? full : folder.resolve("server.log")));
    for (int i = 0; i < 10_000; i++) {
      LoggerFactory.getLogger("dev.lora4j.server.access").info("{\"path\":\"/health\"}");
    }
    assertTrue(LOGGER.iteratorForAppenders().hasNext());
  }

  @Test
  void unwritableFileIsRefused() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "").resolve("server.log");
    Failure e = assertThrows(Failure.class, () -> ServerLog.open(Optional.of(blocked)));
    assertTrue(String.valueOf(e.getMessage()).contains(blocked.toString()), e.getMessage());
  }
}
