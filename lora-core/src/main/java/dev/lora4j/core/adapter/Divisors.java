package dev.lora4j.core.adapter;

/** Divisors of sizes, as LyCORIS chooses them. */
public final class Divisors {
  private Divisors() {}

  /**
   * The smaller of two divisors of {@code size} whose product it is: {@code wanted} if it is one,
   * else the one nearest to the root that is not above it.
   *
   * @param wanted -1 for the most even division
   */
  public static long smaller(long size, long wanted) {
    if (wanted > 0 && size % wanted == 0) {
      return Math.min(wanted, size / wanted);
    }
    long most = wanted < 0 ? size : wanted;
    long found = 1;
    for (long m = 2; m <= most && m * m <= size; m++) {
      if (size % m == 0) {
        found = m;
      }
    }
    return found;
  }
}
