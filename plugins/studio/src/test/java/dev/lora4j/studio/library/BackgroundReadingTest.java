package dev.lora4j.studio.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.server.library.AdapterAdmission;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.AdapterLibrary;
import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.studio.StudioClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading behind the cards. */
class BackgroundReadingTest {
  @TempDir private Path folder;

  @Test
  void anAdapterThatHasJustBeenWrittenIsKnownByItsHashAfterAWhile() throws Exception {
    Path file = Files.writeString(folder.resolve("ink.safetensors"), "none, but it has a hash");
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(folder),
            AdapterAdmission.everything(),
            folder.resolve("state"),
            event -> {});
    FactStore store = new FactStore(folder.resolve("library.json"));
    AdapterFile ink = library.list(Tenant.SHARED).get(0);
    assertFalse(library.settled(ink));
    try (BackgroundReading reading =
        new BackgroundReading(library, new FactReading(List.of()), store, () -> {})) {
      reading.want(); // once, as by a page that is opened and left alone
      StudioClient.await("it is read", () -> store.find(ink).isPresent());
      StudioClient.await("it is hashed", () -> library.knownSha256(ink).isPresent());
    }
    assertTrue(library.settled(ink));
    assertEquals(Optional.of(FileHashes.sha256(file)), library.knownSha256(ink));
  }
}
