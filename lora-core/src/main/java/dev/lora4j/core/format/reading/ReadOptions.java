package dev.lora4j.core.format.reading;

/**
 * What is asked of the reading of an adapter.
 *
 * @param allowPartial whether half pairs, layers that the base lacks, and methods that are not
 *     known may be left out; an adapter without any effect is refused all the same
 */
public record ReadOptions(boolean allowPartial) {
  /** All that has an effect must be usable. */
  public static final ReadOptions STRICT = new ReadOptions(false);

  /** What cannot be used is left out. */
  public static final ReadOptions PARTIAL = new ReadOptions(true);
}
