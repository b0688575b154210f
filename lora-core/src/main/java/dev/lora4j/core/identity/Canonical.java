package dev.lora4j.core.identity;

/** A value with a canonical text for digests. */
@FunctionalInterface
public interface Canonical {
  /** The text that it is hashed by, mostly made by {@link CanonicalForm}; it never changes. */
  String canonical();
}
