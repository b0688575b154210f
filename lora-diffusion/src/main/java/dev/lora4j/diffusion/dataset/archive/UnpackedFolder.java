package dev.lora4j.diffusion.dataset.archive;

import java.nio.file.Path;
import java.util.List;

/**
 * A folder of pictures that came out of archives.
 *
 * @param folder where they are; its name is that of the archive, or of the folder of shards
 * @param pictures how many
 * @param notes about the archives, to be read after their path
 */
public record UnpackedFolder(Path folder, long pictures, List<String> notes) {
  /** Copies the notes. */
  public UnpackedFolder {
    notes = List.copyOf(notes);
  }

  static UnpackedFolder of(Path folder, UnpackAccount account) {
    return new UnpackedFolder(folder, account.pictures(), account.notes());
  }
}
