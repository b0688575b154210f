package dev.lora4j.core.train.schedule;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * How a learning rate falls after the warm-up. A pure function; an extension point, whose
 * implementations are records of their settings.
 */
public interface Decay extends Canonical {
  /** The part of a run that the warm-up takes unless something else is asked for. */
  double WARMUP = 0.1;

  /** Its stable name, that of diffusers' and transformers' {@code get_scheduler}. */
  String name();

  /**
   * What the rate is multiplied by.
   *
   * @param progress how much of the steps after the warm-up is done: 0 at the first, 1 or more
   *     after the last
   * @return from 0 to 1
   */
  double at(double progress);

  /** Whether a warm-up goes before it. */
  default boolean warmedUp() {
    return true;
  }

  /** By default the name of its class, and its components if it is a record. */
  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }
}
