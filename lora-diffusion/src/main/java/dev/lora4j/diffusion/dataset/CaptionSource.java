package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A source of captions. An extension point; implementations are values: records of their settings.
 * What is read of one folder is in what {@link #in} gives.
 */
public interface CaptionSource {
  /**
   * Searches a folder.
   *
   * @param problems receives the problems of its captions
   */
  Captions in(DataSource folder, Consumer<DataProblem> problems);

  /** The captions of one folder. */
  interface Captions {
    /** The caption of a picture; empty if this source has none, and the next one is searched. */
    Optional<Caption> of(Path picture);

    /**
     * Reports captions that belong to no picture, after the search for all.
     *
     * @param pictures of the folder
     * @param lonely whether some of them have a caption that nobody wrote
     */
    default void unused(List<Path> pictures, boolean lonely) {}
  }

  /**
   * A caption.
   *
   * @param written whether somebody wrote it for this picture
   * @param file that it stands in, or the picture
   */
  record Caption(String text, boolean written, Path file) {}
}
