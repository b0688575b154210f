package dev.lora4j.cli;

import dev.lora4j.core.train.run.Keeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Checkpoints of an earlier run, which would be taken for those of the one that begins. */
final class OldCheckpoints {
  private OldCheckpoints() {}

  /**
   * Removes them.
   *
   * @param evenUnfinished whether a run that was not finished may be lost
   */
  static void remove(Path checkpoints, boolean evenUnfinished) {
    OptionalInt step = Keeping.unfinished(checkpoints);
    if (step.isPresent() && !evenUnfinished) {
      throw new Failure(
          "There is a run in "
              + checkpoints
              + " that came to step "
              + step.getAsInt()
              + ". Go on with it by --resume, or lose it by --overwrite.");
    }
    String[] files = checkpoints.toFile().list();
    if (files == null) {
      return;
    }
    try {
      for (String file : files) {
        if (file.endsWith(".safetensors")) {
          Files.delete(checkpoints.resolve(file));
        }
      }
    } catch (IOException e) {
      throw new Failure("Old checkpoints cannot be removed: " + Explanation.of(e), e);
    }
  }
}
