package dev.lora4j.core.train.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a run leaves on disk while it goes, and what it looks at.
 *
 * @param checkpoints folder for them; none are written without it
 * @param every steps between checkpoints
 * @param keep how many of them
 * @param resume whether to go on from the newest one
 * @param identity strings that a checkpoint must have to be gone on with, for example the hash of
 *     the data
 * @param validateEvery steps between two validations
 * @param keepBest whether the factors with the least validation loss are the result
 * @param previewEvery steps between two previews
 * @param adapterEvery steps between two adapters that are told of on the way; none but the last if
 *     empty
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
  /** Nothing is kept. */
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

  /** With no adapters on the way. */
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
   * What of the identity is not as in the checkpoint that the run would go on with, by its names,
   * so that it can be told before anything heavy is done; none if there is no checkpoint.
   */
  public Set<String> changed() {
    return resume && checkpoints.filter(Files::isDirectory).isPresent()
        ? new RunCheckpoints(this, 0).changed()
        : Set.of();
  }

  /**
   * How far the run came whose checkpoints are in a folder, if that is not its end.
   *
   * @param checkpoints need not be there
   */
  public static OptionalInt unfinished(Path checkpoints) {
    return Files.isDirectory(checkpoints)
        ? RunCheckpoints.unfinished(checkpoints)
        : OptionalInt.empty();
  }
}
