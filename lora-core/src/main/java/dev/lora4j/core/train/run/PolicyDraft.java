package dev.lora4j.core.train.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Checkpoint policy while something of it is changed: the one place that knows all of its parts.
 */
final class PolicyDraft {
  Optional<Path> checkpoints;
  int every;
  int keep;
  boolean resume;
  Map<String, String> identity;
  int validateEvery;
  boolean keepBest;
  int previewEvery;
  OptionalInt adapterEvery;
  boolean mapped;

  PolicyDraft(CheckpointPolicy policy) {
    checkpoints = policy.checkpoints();
    every = policy.every();
    keep = policy.keep();
    resume = policy.resume();
    identity = policy.identity();
    validateEvery = policy.validateEvery();
    keepBest = policy.keepBest();
    previewEvery = policy.previewEvery();
    adapterEvery = policy.adapterEvery();
    mapped = policy.mapped();
  }

  /** The policy that it has become, checked. */
  CheckpointPolicy policy() {
    return new CheckpointPolicy(
        checkpoints,
        every,
        keep,
        resume,
        identity,
        validateEvery,
        keepBest,
        previewEvery,
        adapterEvery,
        mapped);
  }
}
