package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A training state on disk. Written whole or not at all: a process killed at any moment leaves the
 * checkpoint before or the new one. A hash over all of it is checked when it is read.
 *
 * @param tensors the state's by name, as {@link TrainingState#contents} gives them
 * @param optimizer name and settings of the optimizer of the state
 * @param layout hash of the weights' names, shapes and order
 * @param lossScale scale of the loss in the next step
 * @param minutes spent on training until now
 * @param notes strings of the caller's own, by name
 */
public record TrainingCheckpoint(
    Map<String, HostTensor> tensors,
    String optimizer,
    String layout,
    LossScale lossScale,
    double minutes,
    Map<String, String> notes) {
  private static final String HASH = "sha256";
  private static final String OPTIMIZER = "optimizer";
  private static final String LAYOUT = "layout";
  private static final String MINUTES = "minutes";
  private static final String SCALE = "loss_scale";
  private static final String STREAK = "loss_scale_streak";
  private static final String NOTE = "note.";

  /** Copies the maps. */
  public TrainingCheckpoint {
    tensors = new LinkedHashMap<>(tensors);
    notes = Map.copyOf(notes);
  }

  /** Copies the current values of {@code state}. */
  public static TrainingCheckpoint of(
      TrainingState state, double minutes, Map<String, String> notes) {
    return new TrainingCheckpoint(
        state.contents(),
        state.step().settings().optimizer().canonical(),
        CheckpointHash.of(state.layout(TrainingState.WEIGHTS)),
        state.lossScale(),
        minutes,
        notes);
  }

  /** {@link #of(TrainingState, double, Map)} without notes. */
  public static TrainingCheckpoint of(TrainingState state, double minutes) {
    return of(state, minutes, Map.of());
  }

  /** Steps that the state has taken. */
  public long steps() {
    return (long) Objects.requireNonNull(tensors.get(TrainingState.STEPS)).doubles()[0];
  }

  /**
   * Writes it.
   *
   * @throws SafetensorsException if it cannot be written; what was at {@code file} is then as it
   *     was
   */
  public void write(Path file) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(OPTIMIZER, optimizer);
    metadata.put(LAYOUT, layout);
    metadata.put(MINUTES, Double.toString(minutes));
    metadata.put(SCALE, Double.toString(lossScale.scale()));
    metadata.put(STREAK, Long.toString(lossScale.streak()));
    notes.forEach((name, note) -> metadata.put(NOTE + name, note));
    metadata.put(HASH, CheckpointHash.of(tensors, metadata));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
    tensors.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    writer.write(file);
  }

  /**
   * Reads one that {@link #write} wrote.
   *
   * @throws TensorException if it is damaged, or no checkpoint
   */
  public static TrainingCheckpoint read(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      Map<String, String> metadata = new TreeMap<>(opened.metadata());
      String expected = metadata.remove(HASH);
      if (expected == null) {
        throw new TensorException(file + " is no checkpoint of a training run: it has no hash.");
      }
      Map<String, HostTensor> tensors = new TreeMap<>();
      for (TensorInfo info : opened.tensors().values()) {
        byte[] bytes = opened.bytes(info.name());
        tensors.put(info.name(), HostTensor.owning(info.dtype(), info.shape(), bytes));
      }
      String found = CheckpointHash.of(tensors, metadata);
      if (!found.equals(expected)) {
        throw new TensorException(
            file
                + " is damaged: its content has the SHA-256 "
                + found
                + ", and was written with "
                + expected
                + ". Take the checkpoint before it.");
      }
      return of(tensors, metadata);
    } catch (SafetensorsException | IllegalArgumentException e) {
      throw new TensorException(
          file + " is damaged or no checkpoint (" + e.getMessage() + "). Take the one before it.",
          e);
    }
  }

  private static TrainingCheckpoint of(
      Map<String, HostTensor> tensors, Map<String, String> metadata) {
    Map<String, String> notes = new TreeMap<>();
    metadata.forEach(
        (name, value) -> {
          if (name.startsWith(NOTE)) {
            notes.put(name.substring(NOTE.length()), value);
          }
        });
    LossScale scale =
        new LossScale(
            Double.parseDouble(metadata.getOrDefault(SCALE, "")),
            Long.parseLong(metadata.getOrDefault(STREAK, "")));
    return new TrainingCheckpoint(
        tensors,
        metadata.getOrDefault(OPTIMIZER, ""),
        metadata.getOrDefault(LAYOUT, ""),
        scale,
        Double.parseDouble(metadata.getOrDefault(MINUTES, "")),
        notes);
  }

  /** {@link #restore(Scope, TrainingStep, FlatLayout, SlotStorage)} in memory. */
  public TrainingState restore(Scope scope, TrainingStep step, FlatLayout layout) {
    return restore(scope, step, layout, SlotStorage.MEMORY);
  }

  /**
   * The state to resume from.
   *
   * @param layout layout of the step's weights
   * @param storage where the optimizer's slots lie, which may be elsewhere than they were
   * @throws TensorException if it is of another optimizer, or of other weights
   */
  public TrainingState restore(
      Scope scope, TrainingStep step, FlatLayout layout, SlotStorage storage) {
    String wanted = step.settings().optimizer().canonical();
    if (!wanted.equals(optimizer)) {
      throw new TensorException(
          "The checkpoint was trained with "
              + optimizer
              + ", and the run is to go on with "
              + wanted
              + "; go on with the former, or begin anew.");
    }
    if (!CheckpointHash.of(layout).equals(this.layout)) {
      throw new TensorException(
          "The checkpoint belongs to another model: its weights have other names, shapes or another"
              + " order than the "
              + layout.slots().size()
              + " that are trained here.");
    }
    return TrainingState.restore(scope, step, layout, tensors, lossScale, storage);
  }
}
