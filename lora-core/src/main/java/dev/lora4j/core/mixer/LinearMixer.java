package dev.lora4j.core.mixer;

import dev.lora4j.spi.Extension;

/** The exact weighted sum, factors side by side, so that ranks add up. */
@Extension(
    point = Mixer.class,
    name = "linear",
    help = "The exact weighted sum; ranks add up, and nothing is lost.")
public record LinearMixer() implements DeltaMixer {
  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    return deltas.sum();
  }
}
