package dev.lora4j.text.generate;

/**
 * Limits of a {@link ContinuousGeneration}.
 *
 * @param rows the most rows at a time
 * @param bytes the most that keys and values of the rows take
 */
public record CacheLimits(int rows, long bytes) {
  /** Checks that there is a row. */
  public CacheLimits {
    if (rows < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "There is 1 row or more, and 1 byte or more for it, found "
              + rows
              + " and "
              + bytes
              + ".");
    }
  }

  /** So many rows, as long as the model's longest sequence. */
  public static CacheLimits rows(int rows) {
    return new CacheLimits(rows, Long.MAX_VALUE);
  }

  /** A copy with another limit of bytes. */
  public CacheLimits bytes(long other) {
    return new CacheLimits(rows, other);
  }
}
