package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.ExtensionName;

/**
 * Decay of a learning rate after the warm-up. A pure function; an extension point, whose
 * implementations are records of their settings.
 */
public interface Decay extends Canonical {
  /** Default share of the warm-up in a run. */
  double WARMUP = 0.1;

  /** Stable name, that of diffusers' and transformers' {@code get_scheduler}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * Factor of the rate.
   *
   * @param progress share of the steps after the warm-up that is done: 0 at the first, 1 or more
   *     after the last
   * @return from 0 to 1
   */
  double at(double progress);

  /** Returns true if a warm-up goes before it. */
  default boolean warmedUp() {
    return true;
  }

  /** Canonical text: by default the name of the class, with the components of a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
