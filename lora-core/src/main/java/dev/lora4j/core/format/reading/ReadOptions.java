package dev.lora4j.core.format.reading;

/**
 * Options for reading an adapter.
 *
 * @param allowPartial whether half pairs, layers that the base lacks, and methods that are not
 *     known may be left out; an adapter without any effect is refused all the same
 * @param user who wants to use it, for an {@link AdapterPolicy}; empty where unknown. A name is
 *     believed: a service of several users has to authenticate them
 */
public record ReadOptions(boolean allowPartial, String user) {
  /** Requires that all parts with an effect are usable; for the user of this process. */
  public static final ReadOptions STRICT = new ReadOptions(false);

  /** Leaves out unusable parts; for the user of this process. */
  public static final ReadOptions PARTIAL = new ReadOptions(true);

  /** Options for the user of this process, as the system property {@code user.name} names it. */
  public ReadOptions(boolean allowPartial) {
    this(allowPartial, System.getProperty("user.name", ""));
  }

  /** A copy for another user. */
  public ReadOptions by(String other) {
    return new ReadOptions(allowPartial, other);
  }
}
