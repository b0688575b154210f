package dev.lora4j.server.model;

import dev.lora4j.core.mix.Weight;
import java.util.Optional;

/**
 * An adapter that a request names.
 *
 * @param name in the library
 * @param weight at the network of every step
 * @param text weight at the text encoders, if it is another
 */
public record NamedAdapter(String name, Weight weight, Optional<Double> text) {
  /** An adapter with one weight. */
  public NamedAdapter(String name, Weight weight) {
    this(name, weight, Optional.empty());
  }
}
