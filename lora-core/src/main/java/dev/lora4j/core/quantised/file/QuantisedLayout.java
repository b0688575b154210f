package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A program's way to keep quantised weights in tensors. */
interface QuantisedLayout {
  /**
   * A weight that was found.
   *
   * @param dtype type that it had before
   * @param shape shape of its numbers
   * @param others names of its other tensors, which are no weights of their own
   * @param changing tensors that depend on its numbers, by the part that they are, as they are
   *     stored
   */
  record Found(
      StoredForm form,
      DType dtype,
      Shape shape,
      Set<String> others,
      Map<String, TensorInfo> changing) {
    /** Copies set and map. */
    public Found {
      others = Set.copyOf(others);
      changing = Map.copyOf(changing);
    }
  }

  /**
   * The weight that a tensor is the codes of; empty if it is none of this layout.
   *
   * @throws dev.lora4j.core.tensor.TensorException if it is one that is damaged or not read here
   */
  Optional<Found> find(TensorStore store, TensorInfo tensor);

  /** Name of the type that numbers are rounded to. */
  String type(Found weight);

  /**
   * Rounds other numbers to the form of a weight, so that they fit the tensors that it lies in.
   *
   * @param values its numbers, row after row
   */
  QuantisedWeight rounded(Found weight, float[] values);

  /** Returns true if a tensor of this name is a sign of the layout, and no weight. */
  default boolean sign(String name) {
    return false;
  }
}
