package dev.lora4j.core.train.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Training was interrupted between two steps. */
public final class TrainingInterrupted extends CancellationException {
  private static final long serialVersionUID = 1L;

  private final int steps;
  private final transient Optional<Path> checkpoint;

  TrainingInterrupted(int steps, Optional<Path> checkpoint) {
    super(
        "Training was stopped after "
            + steps
            + " steps; "
            + checkpoint
                .map(file -> "they are in " + file + ", and --resume goes on from there.")
                .orElse("nothing was written."));
    this.steps = steps;
    this.checkpoint = checkpoint;
  }

  /** Steps that were taken. */
  public int steps() {
    return steps;
  }

  /** The checkpoints' location; empty without checkpoints. */
  public Optional<Path> checkpoint() {
    return checkpoint;
  }
}
