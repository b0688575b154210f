package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.SlotStorage;
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
 * @param mapped whether the optimizer's state lies in a mapped file in the folder of the
 *     checkpoints instead of memory; no bit depends on it
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
    OptionalInt adapterEvery,
    boolean mapped) {
  /** No checkpoints. */
  public static final CheckpointPolicy NOTHING =
      new CheckpointPolicy(
          Optional.empty(), 100, 2, false, Map.of(), 50, false, 250, OptionalInt.empty(), false);

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

  /** A policy like this with checkpoints in a folder. */
  public CheckpointPolicy in(Path folder) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.checkpoints = Optional.of(folder);
    return draft.policy();
  }

  /** A copy with so many steps between checkpoints. */
  public CheckpointPolicy every(int steps) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.every = steps;
    return draft.policy();
  }

  /** A copy that keeps so many checkpoints. */
  public CheckpointPolicy keep(int newest) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.keep = newest;
    return draft.policy();
  }

  /** A copy that resumes from the newest checkpoint, or begins anew. */
  public CheckpointPolicy resume(boolean newest) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.resume = newest;
    return draft.policy();
  }

  /** A copy with other strings that a checkpoint must have. */
  public CheckpointPolicy identity(Map<String, String> others) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.identity = others;
    return draft.policy();
  }

  /** A copy with so many steps between validations. */
  public CheckpointPolicy validateEvery(int steps) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.validateEvery = steps;
    return draft.policy();
  }

  /** A copy whose result is the factors with the least validation loss, or the last ones. */
  public CheckpointPolicy keepBest(boolean least) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.keepBest = least;
    return draft.policy();
  }

  /** A copy with so many steps between previews. */
  public CheckpointPolicy previewEvery(int steps) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.previewEvery = steps;
    return draft.policy();
  }

  /** A copy with intermediate adapters, so many steps apart. */
  public CheckpointPolicy adapterEvery(int steps) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.adapterEvery = OptionalInt.of(steps);
    return draft.policy();
  }

  /** A copy whose optimizer's state lies in a mapped file beside the checkpoints, or in memory. */
  public CheckpointPolicy mapped(boolean file) {
    PolicyDraft draft = new PolicyDraft(this);
    draft.mapped = file;
    return draft.policy();
  }

  /** Where the optimizer's state lies. */
  SlotStorage storage() {
    return mapped ? SlotStorage.mapped(checkpoints.orElseThrow()) : SlotStorage.MEMORY;
  }

  /**
   * Checks that there is a place for what is to be mapped.
   *
   * @throws IllegalArgumentException if there is no folder
   * @throws dev.lora4j.core.tensor.TensorException if the engine's device reads no mapped files
   */
  void requireStorage(Scope scope) {
    if (mapped && checkpoints.isEmpty()) {
      throw new IllegalArgumentException(
          "The optimizer's state is to lie in a file beside the checkpoints, and there is no folder"
              + " for them; name one, or take state = \"memory\".");
    }
    storage().requireFits(scope);
  }

  /**
   * Names of the identity's strings that differ from the checkpoint that the run would resume from,
   * for a check before expensive work; none if there is no checkpoint.
   */
  public Set<String> changed() {
    return resume && checkpoints.filter(Files::isDirectory).isPresent()
        ? new RunCheckpoints(this, 0, Map::of).changed()
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
