package dev.lora4j.text.generate;

/**
 * Limits of a {@link ContinuousGeneration}.
 *
 * @param rows the most rows at a time
 * @param bytes the most that keys and values of the rows take
 * @param prefixBytes the most that keys and values of prefixes take, which are kept for prompts
 *     that begin with them; 0 to keep none
 */
public record CacheLimits(int rows, long bytes, long prefixBytes) {
  /** Checks that there is a row. */
  public CacheLimits {
    if (prefixBytes < 0) {
      throw new IllegalArgumentException(
          "Prefixes take 0 bytes or more, found " + prefixBytes + ".");
    }
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "There is 1 row or more, and 1 byte or more for it, found "
              + rows
              + " and "
              + bytes
              + ".");
    }
  }

  /** So many rows, as long as the model's longest sequence, without prefixes. */
  public static CacheLimits rows(int rows) {
    return new CacheLimits(rows, Long.MAX_VALUE, 0);
  }

  /** A copy with another limit of bytes of the rows. */
  public CacheLimits bytes(long other) {
    return new CacheLimits(rows, other, prefixBytes);
  }

  /** A copy with another limit of bytes of prefixes. */
  public CacheLimits prefixBytes(long other) {
    return new CacheLimits(rows, bytes, other);
  }
}
