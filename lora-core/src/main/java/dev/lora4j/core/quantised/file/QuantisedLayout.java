package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
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
   */
  record Found(StoredForm form, DType dtype, Shape shape, Set<String> others) {
    /** Copies the set. */
    public Found {
      others = Set.copyOf(others);
    }
  }

  /**
   * The weight that a tensor is the codes of; empty if it is none of this layout.
   *
   * @throws dev.lora4j.core.tensor.TensorException if it is one that is damaged or not read here
   */
  Optional<Found> find(TensorStore store, TensorInfo tensor);

  /** Returns true if a tensor of this name is a sign of the layout, and no weight. */
  default boolean sign(String name) {
    return false;
  }
}
