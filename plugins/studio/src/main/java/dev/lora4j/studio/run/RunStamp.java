package dev.lora4j.studio.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A text that changes with the files of a training, without a look into them. */
final class RunStamp {
  private RunStamp() {}

  /**
   * The stamp of a training.
   *
   * @param more what else it changes with
   */
  static String of(RunFolder run, String more) {
    StringBuilder stamp = new StringBuilder(more);
    for (Path file :
        new Path[] {
          run.table(),
          run.settings(),
          run.checkpoints(),
          run.previews(),
          run.adapters(),
          run.adapterFile(),
          run.adapterFolder()
        }) {
      stamp.append(' ').append(of(file));
    }
    return stamp.toString();
  }

  private static String of(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return now.lastModifiedTime().toMillis() + "," + now.size();
    } catch (IOException e) {
      return "-";
    }
  }

  /** Milliseconds of the epoch at which a file was changed; 0 if there is none. */
  static long time(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }
}
