package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RegularFileTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;

  @Test
  void aPipeIsRefusedWithoutWaiting() throws Exception {
    Path pipe = folder.resolve("pipe.json");
    // Systems without pipes in folders have no such command, and nothing to refuse.
    if (Files.isExecutable(Path.of("/usr/bin/mkfifo"))) {
      assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
      assertTimeoutPreemptively(SOON, () -> refused("pipe", () -> RegularFile.text(pipe, 9)));
      assertTimeoutPreemptively(
          SOON, () -> refused("pipe", () -> AtomicFile.write(pipe, "instead of it")));
    }
  }

  @Test
  void devicesAndFoldersAreRefused() {
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertTimeoutPreemptively(SOON, () -> refused("device", () -> RegularFile.bytes(device, 9)));
    }
    refused("it is a folder; expected a file", () -> RegularFile.bytes(folder, 9));
    assertThrows(
        NoSuchFileException.class, () -> RegularFile.bytes(folder.resolve("absent.txt"), 9));
  }

  @Test
  void filesAboveTheLimitAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("text.txt"), "one\r\ntwo\n");
    assertEquals(List.of("one", "two"), RegularFile.lines(file, 9));
    refused("it has 9 bytes; at most 8", () -> RegularFile.bytes(file, 8));
    Path growing = Path.of("/proc/self/maps");
    if (Files.exists(growing)) {
      assertEquals(0, Files.size(growing));
      refused("more than it said", () -> RegularFile.bytes(growing, 8));
    }
  }

  @Test
  void nonUtf8BytesAreRefusedAsText() throws IOException {
    Path file = Files.write(folder.resolve("latin.txt"), new byte[] {'g', (byte) 0xfc, 'n'});
    assertThrows(CharacterCodingException.class, () -> RegularFile.text(file, 9));
  }

  /** A device that is written to as root would otherwise be replaced by a file for everybody. */
  @Test
  void aDeviceIsNotReplacedByAFile() {
    Path device = Path.of("/dev/null");
    if (Files.exists(device)) {
      refused("device", () -> AtomicFile.write(device, "instead of it"));
      assertEquals(false, Files.isRegularFile(device));
    }
  }

  private static void refused(String reason, Executable reading) {
    String message = assertThrows(IOException.class, reading).getMessage();
    assertTrue(message.contains(reason), message);
  }
}
