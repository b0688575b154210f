package dev.lora4j.core.bake;

import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The files of a base, written once more with other bytes for some of its tensors. They lie in a
 * folder next to the output until they are committed.
 */
final class BakedFiles implements AutoCloseable {
  private final SourceFiles files;
  private final WrittenFiles written;
  private final BakeDestination place;

  private BakedFiles(SourceFiles files, WrittenFiles written, BakeDestination place) {
    this.files = files;
    this.written = written;
    this.place = place;
  }

  /**
   * Makes the folder next to the output.
   *
   * @param to type that all weights are written in; empty to keep those of the base
   * @throws BakeException if there is no room, or something is in the way
   */
  static BakedFiles of(
      BaseCheckpoint base, Path output, Optional<DType> to, TensorChanges changes) {
    SourceFiles files = SourceFiles.of(base);
    WrittenFiles written =
        to.isPresent()
            ? new ConvertedFiles(base, to.get(), changes, files)
            : new PatchedFiles(base, changes, files.bytes());
    return new BakedFiles(files, written, BakeDestination.of(files, output, written.bytes()));
  }

  /** Writes all files. */
  void write() {
    for (Path file : files.all()) {
      Path target = place.temporary(file);
      try {
        Files.createDirectories(target.toAbsolutePath().getParent());
        written.write(file, target);
      } catch (IOException e) {
        throw new BakeException(
            target + " cannot be written: " + e.getMessage() + ". Nothing was left behind.", e);
      }
    }
  }

  /** Path of the unfinished output, which opens as a checkpoint. */
  Path written() {
    return place.temporary(files.opened());
  }

  /** Number of tensors of the files that changed. */
  long changed() {
    return written.changed();
  }

  /** Number of tensors whose numbers are those of the base in another type. */
  long converted() {
    return written.converted();
  }

  /** Files that were not copied, see {@link BakeReport#leftOut}. */
  List<Path> leftOut() {
    return files.leftOut();
  }

  /** Puts the files in the place of the output. */
  void commit() {
    place.commit();
  }

  /** Removes uncommitted files. */
  @Override
  public void close() {
    place.close();
  }
}
