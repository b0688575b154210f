package dev.lora4j.core.format.reading;

/**
 * What is asked of the reading of an adapter.
 *
 * @param allowPartial whether half pairs, layers that the base lacks, and methods that are not
 *     known may be left out; an adapter without any effect is refused all the same
 * @param user who wants to use it, for an {@link AdapterPolicy}; empty where nobody knows. A name
 *     is believed: whoever serves several users has found out who asks
 */
public record ReadOptions(boolean allowPartial, String user) {
  /** All that has an effect must be usable; by the user whose process this is. */
  public static final ReadOptions STRICT = new ReadOptions(false);

  /** What cannot be used is left out; by the user whose process this is. */
  public static final ReadOptions PARTIAL = new ReadOptions(true);

  /** Of the user whose process this is, as the system property {@code user.name} has it. */
  public ReadOptions(boolean allowPartial) {
    this(allowPartial, System.getProperty("user.name", ""));
  }

  /** The same for somebody else. */
  public ReadOptions by(String other) {
    return new ReadOptions(allowPartial, other);
  }
}
