package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.safetensors.StagedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Makes a folder with all its files or none: in a folder next to it, which then takes its name. */
final class AtomicFolder {
  private AtomicFolder() {}

  /** Writes the files. */
  @FunctionalInterface
  interface Content {
    void writeTo(Path folder) throws IOException;
  }

  static void write(Path path, Content content) {
    Path folder = path.toAbsolutePath();
    try {
      if (StagedFolder.taken(folder)) {
        throw new AdapterException(
            path + " is there already and not empty. Name another folder, or remove it first.");
      }
      if (folder.getParent() == null) {
        throw new AdapterException(path + " is no folder that can be made; name another.");
      }
      try (StagedFolder staged = StagedFolder.beside(folder)) {
        content.writeTo(staged.path());
        staged.commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be written: " + e.getMessage(), e);
    }
  }
}
