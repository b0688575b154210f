package dev.lora4j.server.model;

import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import java.util.Optional;

/**
 * An adapter that a request names.
 *
 * @param name in the library
 * @param weight at the network of every step
 * @param text weight at the text encoders, if it is another
 * @param shares what share of the weight counts at each site of the base
 * @param area where in the picture it counts; everywhere if absent
 */
public record NamedAdapter(
    String name,
    Weight weight,
    Optional<Double> text,
    SiteWeights shares,
    Optional<RegionMask> area) {
  /** An adapter with one weight. */
  public NamedAdapter(String name, Weight weight) {
    this(name, weight, Optional.empty());
  }

  /** An adapter that counts fully at each site. */
  public NamedAdapter(String name, Weight weight, Optional<Double> text) {
    this(name, weight, text, SiteWeights.ALL, Optional.empty());
  }

  /** A copy with other shares. */
  public NamedAdapter shares(SiteWeights other) {
    return new NamedAdapter(name, weight, text, other, area);
  }

  /** A copy that counts in a part of the picture alone. */
  public NamedAdapter within(RegionMask other) {
    return new NamedAdapter(name, weight, text, shares, Optional.of(other));
  }
}
