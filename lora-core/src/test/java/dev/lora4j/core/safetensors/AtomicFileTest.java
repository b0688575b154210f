package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;

  private List<Path> left() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void newTextReplacesTheOldOne() throws IOException {
    Path file = folder.resolve("a.json");
    AtomicFile.write(file, "old, and longer");
    AtomicFile.write(file, "caf\u00e9\n");
    assertEquals("caf\u00e9\n", Files.readString(file));
    assertEquals(List.of(file), left());
  }

  @Test
  void failedWriteLeavesOnlyTheOldFile() throws IOException {
    Path file = folder.resolve("a.json");
    AtomicFile.write(file, "old");
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(ByteBuffer.wrap(new byte[1000]));
                  throw new IOException("No space left on device");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), left());
  }
}
