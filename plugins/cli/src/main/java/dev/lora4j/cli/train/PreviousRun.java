package dev.lora4j.cli.train;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.run.CheckpointPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Remains of an earlier run where another is to begin: its adapter, and checkpoints that would be
 * taken for those of the other. Nothing of it is lost unless the user requests it.
 *
 * @param out the adapter, which need not be there
 * @param checkpoints their folder, which need not be there
 * @param further options of a warm start from the adapter, for messages
 */
public record PreviousRun(Path out, Path checkpoints, String further) {
  private static final String ENDING = ".safetensors";

  /**
   * Refuses to begin where something would be lost.
   *
   * @param resume whether the run is resumed, to which the adapter belongs
   */
  public void refuse(boolean resume) {
    boolean run = run();
    if (resume && run) {
      return;
    }
    OptionalInt step = CheckpointPolicy.unfinished(checkpoints);
    if (step.isPresent()) {
      throw new Failure(
          "There is a run in "
              + checkpoints
              + " that came to step "
              + step.getAsInt()
              + ". Go on with it by --resume, or lose it by --overwrite.");
    }
    if (there()) {
      throw new Failure(
          out
              + " is there already"
              + (run ? ", and the run that made it in " + checkpoints.getParent() : "")
              + ". Write elsewhere by -o, train that adapter further by "
              + further
              + " with another -o, or lose "
              + (run ? "both" : "it")
              + " by --overwrite.");
    }
    if (run) {
      throw new Failure(
          "There is a finished run in "
              + checkpoints.getParent()
              + ". The same command with --resume writes its adapter again; write elsewhere by"
              + " -o, or lose the run by --overwrite.");
    }
  }

  /** An empty folder is nothing that could be lost. */
  private boolean there() {
    String[] files = out.toFile().list();
    return Files.exists(out) && (files == null || files.length > 0);
  }

  /** True if there are checkpoints of a run. */
  public boolean run() {
    String[] files = checkpoints.toFile().list();
    return files != null && Stream.of(files).anyMatch(file -> file.endsWith(ENDING));
  }

  /** Removes the checkpoints. */
  public void remove() {
    String[] files = checkpoints.toFile().list();
    if (files == null) {
      return;
    }
    try {
      for (String file : files) {
        if (file.endsWith(ENDING)) {
          Files.delete(checkpoints.resolve(file));
        }
      }
    } catch (IOException e) {
      throw new Failure("Old checkpoints cannot be removed: " + ErrorExplanation.of(e), e);
    }
  }
}
