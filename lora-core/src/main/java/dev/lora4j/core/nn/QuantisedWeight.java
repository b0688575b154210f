package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/**
 * A quantised weight on the heap.
 *
 * @param shape shape of its numbers
 * @param parts {@link WeightForm#parts} by name
 */
public record QuantisedWeight(WeightForm form, Shape shape, Map<String, HostTensor> parts) {
  /** Copies the map. */
  public QuantisedWeight {
    parts = Map.copyOf(parts);
  }

  /** One of its parts. */
  public HostTensor part(String name) {
    HostTensor part = parts.get(name);
    if (part == null) {
      throw new IllegalArgumentException("A weight of " + form.canonical() + " has no " + name);
    }
    return part;
  }
}
