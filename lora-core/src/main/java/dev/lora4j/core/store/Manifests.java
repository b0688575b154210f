package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.spi.NearestNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The manifests of a store, one file for each adapter. */
final class Manifests {
  private static final String ENDING = ".adapter";

  private final Path store;
  private final Path folder;

  Manifests(Path store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  private Path file(String name) {
    return folder.resolve(name + ENDING);
  }

  SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + ENDING)) {
      for (Path file : found) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(".")) {
          names.add(name.substring(0, name.length() - ENDING.length()));
        }
      }
    }
    return names;
  }

  /** The name that an adapter has in the store, whatever its case; some systems know none. */
  Optional<String> taken(String name) throws IOException {
    return names().stream().filter(name::equalsIgnoreCase).findFirst();
  }

  /** The manifest; empty if it is damaged. */
  Optional<Manifest> read(String name) throws IOException {
    return ManifestForm.read(RegularFile.bytes(file(name), RegularFile.DATA));
  }

  /**
   * The manifest of an adapter.
   *
   * @throws StoreException if there is none, or it is damaged
   */
  Manifest require(String name) throws IOException {
    requireNames(List.of(name));
    return read(name).orElseThrow(() -> new StoreException(damaged(name)));
  }

  /**
   * Refuses names of adapters that are not there.
   *
   * @throws StoreException if one is not
   */
  void requireNames(List<String> wanted) throws IOException {
    SortedSet<String> names = names();
    for (String name : wanted) {
      if (!names.contains(name)) {
        List<String> near = NearestNames.near(name, names, 3);
        throw new StoreException(
            store
                + " has no adapter '"
                + name
                + "'"
                + (near.isEmpty() ? "" : "; nearest: " + String.join(", ", near))
                + ". 'store list' shows all.");
      }
    }
  }

  /** A sentence about a damaged manifest, with what to do. */
  String damaged(String name) {
    return file(name)
        + ", which says what the adapter "
        + name
        + " is made of, is damaged. Add the adapter again with 'store add --replace', or take it"
        + " away with 'store remove'.";
  }

  void write(String name, Manifest manifest) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(ManifestForm.write(manifest));
    AtomicFile.write(
        file(name),
        out -> {
          while (bytes.hasRemaining()) {
            out.write(bytes);
          }
        });
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }

  long bytes(String name) throws IOException {
    return Files.size(file(name));
  }
}
