package dev.lora4j.core.tensor;

import java.util.OptionalInt;

/**
 * Options of opening an engine.
 *
 * @param threads threads inside one operator on the CPU; all that this process may use if empty,
 *     see {@link dev.lora4j.core.tensor.runtime.ProcessorShare}
 * @param device where networks are computed: {@link Device#CPU}, a card, or {@link Device#AUTO}
 */
public record EngineOptions(OptionalInt threads, Device device) {
  /** The CPU, with all threads that this process may use. */
  public static final EngineOptions DEFAULT = new EngineOptions(OptionalInt.empty(), Device.CPU);

  /** A copy with so many threads inside one operator. */
  public EngineOptions threads(int count) {
    return new EngineOptions(OptionalInt.of(count), device);
  }

  /** A copy on another device. */
  public EngineOptions device(Device other) {
    return new EngineOptions(threads, other);
  }
}
