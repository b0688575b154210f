package dev.lora4j.core.nn;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Location of a weight in a checkpoint whose tensors have other names or divisions than the model.
 *
 * @param tensor name of the tensor that it is, or is a part of
 * @param from elements of that tensor before its first
 * @param shape shape in the model
 * @param transposed whether it lies there as [in, out], of which {@code shape} is [out, in]
 * @param swapped whether the halves of its rows lie there in the other order
 */
public record StoredWeight(
    String tensor, long from, Shape shape, boolean transposed, boolean swapped)
    implements Canonical {
  /** One whose rows lie in their order. */
  public StoredWeight(String tensor, long from, Shape shape, boolean transposed) {
    this(tensor, from, shape, transposed, false);
  }

  /** A whole tensor as it is. */
  public static StoredWeight whole(TensorInfo tensor) {
    return new StoredWeight(tensor.name(), 0, tensor.shape(), false);
  }

  /** All tensors of a checkpoint under their own names. */
  public static Map<String, StoredWeight> all(Map<String, TensorInfo> tensors) {
    Map<String, StoredWeight> weights = new LinkedHashMap<>();
    tensors.forEach((name, info) -> weights.put(name, whole(info)));
    return weights;
  }

  @Override
  public String canonical() {
    CanonicalForm plain =
        CanonicalForm.of("StoredWeight")
            .with("tensor", tensor)
            .with("from", from)
            .with("shape", shape)
            .with("transposed", transposed);
    // Entries of the cache that were written before any weight was swapped keep their names.
    return (swapped ? plain.with("swapped", true) : plain).text();
  }

  /** Returns true if its numbers lie there in their order. */
  public boolean inOrder() {
    return !transposed && !swapped;
  }

  /** The shape that it lies in. */
  Shape storedShape() {
    return transposed ? Shape.of(shape.size(1), shape.size(0)) : shape;
  }
}
