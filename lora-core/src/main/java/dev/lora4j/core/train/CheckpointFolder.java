package dev.lora4j.core.train;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints of one run: {@code step-000100.safetensors} and so on; only the newest stay. Equal
 * checkpoints are equal files, byte for byte. For one process at a time.
 */
public final class CheckpointFolder {
  /**
   * The checkpoint to resume from.
   *
   * @param checkpoint the newest that is whole, if there is one
   * @param damaged a sentence about each newer file, newest first, that was passed over because it
   *     is damaged, cut off or no checkpoint
   */
  public record Newest(Optional<TrainingCheckpoint> checkpoint, List<String> damaged) {
    /** Copies the list. */
    public Newest {
      damaged = List.copyOf(damaged);
    }
  }

  private static final Pattern NAME = Pattern.compile("step-(\\d{6,10})\\.safetensors");

  private final Path folder;
  private final int keep;

  /**
   * A folder that need not exist yet.
   *
   * @param keep how many checkpoints stay, from 1
   */
  public CheckpointFolder(Path folder, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException(
          "A folder that keeps " + keep + " checkpoints keeps none to go on with; keep 1 or more.");
    }
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Writes the checkpoint of a step, reads it again, and only then deletes those that are too many,
   * the oldest first. Checkpoints of later steps, which a restarted run finds, are neither counted
   * nor deleted unless they are damaged.
   *
   * @return where it was written
   * @throws SafetensorsException if it cannot be written, for example as the disk is full; those
   *     before it are then as they were
   * @throws TensorException if what was written does not read as it was; likewise
   * @throws UncheckedIOException if the folder cannot be made or listed
   */
  public Path write(TrainingCheckpoint checkpoint, int step) {
    if (step < 0) {
      throw new IllegalArgumentException("There is no step " + step + "; steps count from 0.");
    }
    Path written = store(checkpoint, String.format(Locale.ROOT, "step-%06d.safetensors", step));
    TrainingCheckpoint.read(written);
    NavigableMap<Long, Path> files = files();
    for (Path later : files.tailMap((long) step, false).values()) {
      if (read(later, new ArrayList<>()).isEmpty()) {
        delete(later);
      }
    }
    files.headMap((long) step, false).descendingMap().values().stream()
        .skip(keep - 1L)
        .forEach(CheckpointFolder::delete);
    return written;
  }

  /**
   * Writes an uncounted checkpoint, such as the best one, and replaces the old one.
   *
   * @param fileName without folders, and none that {@link #write} gives
   * @return where it was written
   * @throws SafetensorsException if it cannot be written; what was there is then as it was
   * @throws UncheckedIOException if the folder cannot be made
   */
  public Path writeBeside(TrainingCheckpoint checkpoint, String fileName) {
    if (NAME.matcher(fileName).matches() || Path.of(fileName).getNameCount() != 1) {
      throw new IllegalArgumentException(
          "A checkpoint beside those of steps cannot be called '"
              + fileName
              + "'; give a name like best.safetensors.");
    }
    return store(checkpoint, fileName);
  }

  private Path store(TrainingCheckpoint checkpoint, String fileName) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new UncheckedIOException(
          "Checkpoints are to be written to "
              + folder
              + ", but "
              + e.getFile()
              + " is a file; name another folder.",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The folder " + folder + " for checkpoints cannot be made: " + e.getMessage(), e);
    }
    AtomicFile.removeAbandoned(folder, name -> NAME.matcher(name).matches());
    Path file = folder.resolve(fileName);
    checkpoint.write(file);
    return file;
  }

  /**
   * The newest checkpoint that is whole. A folder that does not exist has none.
   *
   * @throws UncheckedIOException if the folder cannot be listed
   */
  public Newest newest() {
    List<String> damaged = new ArrayList<>();
    for (Path file : files().descendingMap().values()) {
      Optional<TrainingCheckpoint> whole = read(file, damaged);
      if (whole.isPresent()) {
        return new Newest(whole, damaged);
      }
    }
    return new Newest(Optional.empty(), damaged);
  }

  private static Optional<TrainingCheckpoint> read(Path file, List<String> damaged) {
    try {
      return Optional.of(TrainingCheckpoint.read(file));
    } catch (TensorException e) {
      damaged.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Checkpoint files by step. */
  private NavigableMap<Long, Path> files() {
    if (!Files.exists(folder)) {
      return Collections.emptyNavigableMap();
    }
    NavigableMap<Long, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(
          file -> {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
              files.put(Long.parseLong(name.group(1)), file);
            }
          });
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The folder " + folder + " of checkpoints cannot be listed: " + e.getMessage(), e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // One too many is no loss; the next writing tries again.
    }
  }
}
