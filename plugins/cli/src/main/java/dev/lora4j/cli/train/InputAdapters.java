package dev.lora4j.cli.train;

import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.diffusion.config.RunSettings;
import java.nio.file.Path;
import java.util.Optional;

/** The adapters that a training begins with. */
public final class InputAdapters {
  private InputAdapters() {}

  /**
   * Refuses files that are no adapters, and the one that the training writes: going on with a run
   * that was stopped needs both.
   *
   * @param from the adapter that is trained further
   * @param sharedA the adapter whose A is used
   * @param out the file or folder to write
   */
  public static void require(Optional<Path> from, Optional<Path> sharedA, Path out) {
    from.ifPresent(file -> require(file, out, "the adapter that is trained further"));
    sharedA.ifPresent(file -> require(file, out, "the adapter whose A is used"));
  }

  /** Refuses the same of the adapter that is active and not trained. */
  static void requireActive(RunSettings settings) {
    settings
        .trainingAdapter()
        .ifPresent(asked -> require(asked.file(), settings.out(), "the training adapter"));
  }

  private static void require(Path file, Path out, String what) {
    AdapterFiles.requireAdapter(ExistingPath.any(file));
    OutputFile.requireOther(out, file, what);
  }
}
