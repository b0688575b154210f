package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;

/**
 * Values that a tensor of the state begins with.
 *
 * @param stored those that are not all 0
 */
record FirstValues(DType type, Shape shape, Optional<HostTensor> stored) {
  /** All of them. */
  HostTensor values() {
    return stored.orElseGet(
        () -> HostTensor.owning(type, shape, new byte[Math.toIntExact(bytes())]));
  }

  /** Those that are stored, in {@link #type}. */
  Optional<HostTensor> typed() {
    return stored.map(
        values -> values.dtype() == type ? values : HostTensor.of(type, shape, values.doubles()));
  }

  /** Their size in {@link #type}. */
  long bytes() {
    return type.bytes(shape.elements());
  }
}
