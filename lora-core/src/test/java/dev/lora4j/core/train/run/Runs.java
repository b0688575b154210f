package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Runs of one task with one set of settings. */
record Runs(Scope scope, TrainingTask task, TrainingSettings settings) {
  /** A run to the end. */
  TrainedAdapter whole(CheckpointPolicy keeping, RunListener listener) {
    return InterruptibleTask.run(
        sign -> {
          try (TrainingLoop loop =
              new TrainingLoop(scope, task, settings, keeping, listener, sign)) {
            return loop.run("toy");
          }
        });
  }

  /** A run that is interrupted after a step, which leaves a checkpoint. */
  void stopped(CheckpointPolicy keeping, int step) {
    assertThrows(TrainingInterrupted.class, () -> whole(keeping, new Heard(step)));
    assertTrue(Thread.interrupted());
  }

  /** A run that is interrupted after a step, and resumed to the end. */
  TrainedAdapter resumed(CheckpointPolicy keeping, int step) {
    stopped(keeping, step);
    return whole(keeping.resume(true), RunListener.NONE);
  }

  /**
   * A run that goes on from one of the checkpoints that another left, and from nothing else.
   *
   * @param keeping of the other, with its folder
   * @param into an empty folder for its own checkpoints
   */
  TrainedAdapter from(CheckpointPolicy keeping, int step, Path into, RunListener listener) {
    Path kept = keeping.checkpoints().orElseThrow();
    try {
      Files.createDirectories(into);
      Files.copy(kept.resolve(file(step)), into.resolve(file(step)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return whole(keeping.in(into).resume(true), listener);
  }

  private static String file(int step) {
    return String.format(Locale.ROOT, "step-%06d.safetensors", step);
  }

  /** All that a checkpoint has of a state. */
  static Map<String, HostTensor> checkpoint(Path folder, int step) {
    Map<String, HostTensor> kept = new TreeMap<>();
    try (Safetensors opened = Safetensors.open(folder.resolve(file(step)))) {
      opened
          .tensors()
          .forEach(
              (name, info) ->
                  kept.put(
                      name, HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name))));
    }
    return kept;
  }

  /** Numbers of one tensor of a checkpoint. */
  static double[] numbers(Map<String, HostTensor> checkpoint, String name) {
    return Objects.requireNonNull(checkpoint.get(name), name).doubles();
  }
}
