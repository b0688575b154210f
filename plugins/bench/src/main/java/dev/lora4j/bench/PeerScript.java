package dev.lora4j.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Scripts among the resources, as files for an interpreter. */
final class PeerScript {
  private PeerScript() {}

  /**
   * Writes a resource into a folder.
   *
   * @param beside the class in whose package the resource lies
   */
  static Path unpack(Class<?> beside, String name, Path folder) {
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException("There is no resource " + name + " beside " + beside + ".");
      }
      Path file = folder.resolve(name);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
