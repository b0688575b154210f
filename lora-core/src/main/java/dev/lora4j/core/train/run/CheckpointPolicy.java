package dev.lora4j.core.train.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Policy of a run for checkpoints, validation, previews and intermediate adapters.
 *
 * @param checkpoints folder for them; none are written without it
 * @param every steps between checkpoints
 * @param keep number of checkpoints to keep
 * @param resume whether to resume from the newest one
 * @param identity strings that a checkpoint must have for a run to resume from it, for example the
 *     hash of the data
 * @param validateEvery steps between two validations
 * @param keepBest whether the factors with the least validation loss are the result
 * @param previewEvery steps between two previews
 * @param adapterEvery steps between two intermediate adapters; only the last adapter if empty
 */
public record CheckpointPolicy(
    Optional<Path> checkpoints,
    int every,
    int keep,
    boolean resume,
    Map<String, String> identity,
    int validateEvery,
    boolean keepBest,
    int previewEvery,
    OptionalInt adapterEvery) {
  /** No checkpoints. */
  public static final CheckpointPolicy NOTHING =
      new CheckpointPolicy(Optional.empty(), 100, 2, false, Map.of(), 50, false, 250);

  /** Copies the map and checks the ranges. */
  public CheckpointPolicy {
    identity = Map.copyOf(identity);
    if (every < 1
        || keep < 1
        || validateEvery < 1
        || previewEvery < 1
        || adapterEvery.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "Intervals and checkpoints are counted from 1, found "
              + every
              + ", "
              + keep
              + ", "
              + validateEvery
              + ", "
              + previewEvery
              + " and "
              + adapterEvery
              + ".");
    }
  }

  /** Creates a policy without intermediate adapters. */
  public CheckpointPolicy(
      Optional<Path> checkpoints,
      int every,
      int keep,
      boolean resume,
      Map<String, String> identity,
      int validateEvery,
      boolean keepBest,
      int previewEvery) {
    this(
        checkpoints,
        every,
        keep,
        resume,
        identity,
        validateEvery,
        keepBest,
        previewEvery,
        OptionalInt.empty());
  }

  /**
   * Names of the identity's strings that differ from the checkpoint that the run would resume from,
   * for a check before expensive work; none if there is no checkpoint.
   */
  public Set<String> changed() {
    return resume && checkpoints.filter(Files::isDirectory).isPresent()
        ? new RunCheckpoints(this, 0).changed()
        : Set.of();
  }

  /**
   * Last step of an unfinished run with checkpoints in a folder; empty if it is finished or there
   * is none.
   *
   * @param checkpoints need not be there
   */
  public static OptionalInt unfinished(Path checkpoints) {
    return Files.isDirectory(checkpoints)
        ? RunCheckpoints.unfinished(checkpoints)
        : OptionalInt.empty();
  }
}
