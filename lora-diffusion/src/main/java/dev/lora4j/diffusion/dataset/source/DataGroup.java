package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import java.util.List;

/**
 * Folders that are trained in the same sizes and batches, a {@code [[datasets]]} of kohya's.
 *
 * @param bucketing which sizes
 * @param batch pictures per step
 * @param validationSeed chooses the pictures that are held out
 * @param sources the folders
 */
public record DataGroup(
    Bucketing bucketing, int batch, long validationSeed, List<DataSource> sources) {
  /** Keeps a copy of the list. */
  public DataGroup {
    sources = List.copyOf(sources);
  }
}
