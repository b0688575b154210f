package dev.lora4j.core.train;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A training state on disk. Written whole or not at all: a process killed at any moment leaves the
 * checkpoint before or the new one.
 *
 * @param minutes spent on training until now
 */
public record Checkpoint(List<float[]> vectors, long steps, double minutes, LossScale lossScale) {
  private static final List<String> NAMES = List.of("weights", "mean", "square", "average");

  /** Copies the list. */
  public Checkpoint {
    vectors = List.copyOf(vectors);
  }

  /** What {@code state} holds now. */
  public static Checkpoint of(TrainingState state, double minutes) {
    return new Checkpoint(state.vectors(), state.steps(), minutes, state.lossScale());
  }

  /** Writes it. */
  public void write(Path file) {
    Map<String, String> counts =
        Map.of(
            "steps", Long.toString(steps),
            "minutes", Double.toString(minutes),
            "loss_scale", Double.toString(lossScale.scale()),
            "loss_scale_streak", Long.toString(lossScale.streak()));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(counts);
    for (int i = 0; i < NAMES.size(); i++) {
      float[] vector = vectors.get(i);
      ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      writer.add(NAMES.get(i), DType.F32, Shape.of(vector.length), bytes);
    }
    writer.write(file);
  }

  /** Reads one that {@link #write} wrote. */
  public static Checkpoint read(Path file) {
    try (Safetensors opened = Safetensors.open(file)) {
      List<float[]> vectors = new ArrayList<>();
      for (String name : NAMES) {
        ByteBuffer bytes = opened.read(name);
        float[] vector = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(vector);
        vectors.add(vector);
      }
      Map<String, String> counts = opened.metadata();
      LossScale first = LossScale.FIRST;
      String scale = counts.getOrDefault("loss_scale", Double.toString(first.scale()));
      String streak = counts.getOrDefault("loss_scale_streak", Long.toString(first.streak()));
      return new Checkpoint(
          vectors,
          Long.parseLong(counts.getOrDefault("steps", "")),
          Double.parseDouble(counts.getOrDefault("minutes", "")),
          new LossScale(Double.parseDouble(scale), Long.parseLong(streak)));
    } catch (IllegalArgumentException e) {
      throw new TensorException(file + " is no checkpoint: it does not say how far it came.", e);
    }
  }

  /**
   * The state to go on with.
   *
   * @param length elements that the buffers must have
   * @param decay how much of the average each step keeps
   */
  public TrainingState restore(Scope scope, long length, double decay) {
    if (vectors.get(0).length != length) {
      throw new TensorException(
          "The checkpoint has "
              + vectors.get(0).length
              + " weights, but the model has "
              + length
              + "; it belongs to another model.");
    }
    TrainingState state = TrainingState.restore(scope, vectors, steps, decay);
    state.lossScale(lossScale);
    return state;
  }
}
