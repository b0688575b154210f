package dev.lora4j.text.generate;

import java.util.Optional;

/**
 * Shape of a key-value cache whose rows come and go.
 *
 * @param rows number of slots
 * @param room tokens of each
 */
record CacheShape(int rows, int room) {
  private static final int SHORTEST = 64;

  /** Returns true if it has room for all of another. */
  boolean holds(CacheShape other) {
    return rows >= other.rows && room >= other.room;
  }

  /**
   * The shape of a new cache with room for this one, and with some to spare if that is within the
   * limit; empty if nothing is.
   *
   * @param mostRows slots that are of use
   * @param longest tokens that are of use
   * @param tokens the most of all slots together
   */
  Optional<CacheShape> spacious(int mostRows, int longest, long tokens) {
    int doubled = Integer.highestOneBit(Math.max(SHORTEST, room) - 1) << 1;
    return within(mostRows, Math.max(room, Math.min(longest, doubled)), tokens)
        .or(() -> within(mostRows, room, tokens));
  }

  private Optional<CacheShape> within(int mostRows, int each, long tokens) {
    int fitting = (int) Math.min(mostRows, tokens / each);
    return fitting < rows ? Optional.empty() : Optional.of(new CacheShape(fitting, each));
  }
}
