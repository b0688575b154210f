package dev.lora4j.core.format.metadata;

import java.util.Optional;

/**
 * The few bits that a base was rounded to when an adapter was trained on it.
 *
 * @param precision how it was rounded, as people ask for it, for example {@code nf4}
 * @param needed whether the adapter began with what the rounding took away, so that it belongs to a
 *     base that is rounded so
 */
public record BaseRounding(String precision, boolean needed) {
  /** What the factors began as, where that says how to use or to read them. */
  public static final MetadataKey<String> INIT = MetadataKey.text("lora4j_init");

  private static final MetadataKey<String> PRECISION = MetadataKey.text("lora4j_base_precision");
  private static final String MAKES_UP = "loftq";

  /** Reads it from a header; empty if the base was not rounded, or nobody said so. */
  public static Optional<BaseRounding> of(Metadata metadata) {
    return metadata
        .get(PRECISION)
        .map(p -> new BaseRounding(p, metadata.get(INIT).filter(MAKES_UP::equals).isPresent()));
  }

  /** Entries for a header. */
  public Metadata metadata() {
    Metadata rounded = Metadata.EMPTY.with(PRECISION, precision);
    return needed ? rounded.with(INIT, MAKES_UP) : rounded;
  }
}
