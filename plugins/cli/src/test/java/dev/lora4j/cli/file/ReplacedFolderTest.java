package dev.lora4j.cli.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacedFolderTest {
  private static final String NAME = "adapter_config.json";

  @TempDir private Path folder;

  private Path adapter(String text) {
    try {
      Path made = Files.createDirectories(folder.resolve("made"));
      Files.writeString(made.resolve(NAME), text);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> String.valueOf(each.getFileName())).toList();
    }
  }

  @Test
  void laterOneTakesThePlace() throws IOException {
    Path made = adapter("old");
    Files.writeString(made.resolve("more"), "old");
    ReplacedFolder.write(made, () -> adapter("new"));
    assertEquals("new", Files.readString(made.resolve(NAME)));
    assertFalse(Files.exists(made.resolve("more")), "nothing of the old one is left");
    assertEquals(List.of("made"), names());
  }

  @Test
  void earlierOneIsThereAgainAfterAFailure() throws IOException {
    Path made = adapter("old");
    assertThrows(
        IllegalStateException.class,
        () ->
            ReplacedFolder.write(
                made,
                () -> {
                  throw new IllegalStateException("full");
                }));
    assertEquals("old", Files.readString(made.resolve(NAME)));
    assertEquals(List.of("made"), names());
  }

  @Test
  void onlyAdaptersAreTakenForSome() throws IOException {
    Path made = adapter("old");
    assertTrue(ReplacedFolder.adapter(made));
    assertFalse(ReplacedFolder.adapter(folder), "it has a folder");
    Files.createDirectory(made.resolve("below"));
    assertFalse(ReplacedFolder.adapter(made));
    assertFalse(ReplacedFolder.files(folder.resolve("none")));
    assertFalse(ReplacedFolder.files(Files.createDirectory(folder.resolve("empty"))));
  }
}
