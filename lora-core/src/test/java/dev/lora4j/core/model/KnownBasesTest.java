package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bases that were hashed are found by their hash while they are there. */
class KnownBasesTest {
  @TempDir private Path folder;
  private Path base = Path.of("");
  private List<Path> files = List.of();
  private KnownBases known = KnownBases.ofUser();

  @BeforeEach
  void base() throws IOException {
    base = Files.createDirectories(folder.resolve("base"));
    files =
        List.of(
            Files.writeString(base.resolve("a.safetensors"), "one"),
            Files.writeString(base.resolve("b.safetensors"), "two"));
    known = new KnownBases(folder.resolve("bases"), new KnownHashes(folder.resolve("hashes")));
  }

  @Test
  void hashedBaseIsFound() {
    String hash = known.hash(base, files);
    assertEquals(new KnownHashes(folder.resolve("hashes")).of(files), hash);
    assertEquals(Optional.of(base.toAbsolutePath().normalize()), known.find(hash));
    assertEquals(Optional.empty(), known.find("0".repeat(64)));
  }

  @Test
  void changedBaseIsNotFound() throws IOException {
    String hash = known.hash(base, files);
    Files.writeString(base.resolve("b.safetensors"), "other weights");
    assertEquals(Optional.empty(), known.find(hash));
    Files.delete(base.resolve("b.safetensors"));
    assertEquals(Optional.empty(), known.find(hash));
  }

  @Test
  void hashWithPathOrDamagedEntryFindsNothing() throws IOException {
    Files.writeString(folder.resolve("outside.txt"), base + "\n" + files.get(0) + "\n");
    assertEquals(Optional.empty(), known.find("../outside"));
    Path entries = Files.createDirectories(folder.resolve("bases"));
    for (String entry : List.of("", "\0\n\0\n", base + "\n")) {
      Files.writeString(entries.resolve("a".repeat(64) + ".txt"), entry);
      assertEquals(Optional.empty(), known.find("a".repeat(64)), entry);
    }
  }
}
