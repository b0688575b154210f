package dev.lora4j.core.identity;

/** A value that takes part in a digest, and says by which text. */
@FunctionalInterface
public interface Canonical {
  /** The text that it is hashed by, mostly made by {@link CanonicalForm}; it never changes. */
  String canonical();
}
