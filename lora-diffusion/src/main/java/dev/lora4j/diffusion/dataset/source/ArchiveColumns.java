package dev.lora4j.diffusion.dataset.source;

/**
 * Columns of an archive that has rows, such as a Parquet file.
 *
 * @param image column with the pictures ({@code image_column}); empty for the one that is found
 * @param caption column with their captions ({@code caption_column}); empty for the one that is
 *     found
 */
public record ArchiveColumns(String image, String caption) {
  /** Those that are found by their usual names. */
  public static final ArchiveColumns FOUND = new ArchiveColumns("", "");

  /** True if any was chosen. */
  public boolean chosen() {
    return !image.isEmpty() || !caption.isEmpty();
  }
}
