package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import java.nio.file.Path;
import java.util.List;

/**
 * Folders that are trained in the same sizes and batches, a {@code [[datasets]]} of kohya's.
 *
 * @param bucketing which sizes
 * @param batch pictures per step
 * @param validationSeed chooses the pictures that are held out
 * @param sources the folders
 * @param notes notes about keys without effect, or with another one
 */
public record DataGroup(
    Bucketing bucketing,
    int batch,
    long validationSeed,
    List<DataSource> sources,
    List<Note> notes) {
  /**
   * A note for the user about a file or folder.
   *
   * @param file or folder
   * @param sentence to be read after its name
   */
  public record Note(Path file, String sentence) {}

  /** Copies the lists. */
  public DataGroup {
    sources = List.copyOf(sources);
    notes = List.copyOf(notes);
  }

  /** Folders without notes. */
  public DataGroup(Bucketing bucketing, int batch, long validationSeed, List<DataSource> sources) {
    this(bucketing, batch, validationSeed, sources, List.of());
  }
}
