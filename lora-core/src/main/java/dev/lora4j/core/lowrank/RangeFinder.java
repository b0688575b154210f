package dev.lora4j.core.lowrank;

/**
 * Random projection for the greatest directions of a matrix (Halko, Martinsson and Tropp 2011,
 * algorithms 4.4 and 5.1), which takes a few products where all singular values take a
 * decomposition.
 *
 * <p>Expected error of its {@code rank} directions, squared, without rounds: at most {@code 1 +
 * rank / (extra - 1)} times that of the best (theorem 10.5). Each round multiplies the excess by
 * about the fourth power of the ratio of the first singular value left out to the last one kept.
 * The error that a result has is not expected but measured: see {@link Spectrum#rest}.
 *
 * @param seed of the random vectors
 * @param extra directions looked for beyond the rank
 * @param rounds how often the matrix is applied back and forth
 */
public record RangeFinder(long seed, int extra, int rounds) {
  /** Ten extra directions and two rounds, as such programs have it. */
  public static final RangeFinder STANDARD = new RangeFinder(0, 10, 2);

  /** Checks the numbers. */
  public RangeFinder {
    if (extra < 2 || rounds < 0) {
      throw new IllegalArgumentException(
          "at least 2 extra directions and 0 rounds, found " + extra + " and " + rounds);
    }
  }
}
