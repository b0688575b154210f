package dev.lora4j.text.generate;

import java.util.Arrays;

/**
 * A token drawn from a whole vocabulary, without sorting it: what a walk over the tokens from the
 * likeliest on would find.
 *
 * <p>Each round parts the tokens at one of them and goes on with the side that the walk ends in, as
 * quickselect does (Hoare 1961), so that time grows with the vocabulary alone. A draw is made for
 * each token of each row of a batch; sorting takes about three times as long.
 */
final class TokenDraw {
  /** So few tokens are sorted. */
  private static final int FEW = 32;

  /** Tokens in the order of {@link TokenSampler}: the likeliest first, of equal ones the first. */
  private final long[] keys;

  private final double[] weights;

  /**
   * Of logits that are finite, or negative infinity for tokens that are never drawn.
   *
   * @param greatest of them
   */
  TokenDraw(float[] logits, double greatest) {
    keys = new long[logits.length];
    weights = new double[logits.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = TokenSampler.key(logits[i], i);
      weights[i] = Math.exp(logits[i] - greatest);
    }
  }

  private double weight(long key) {
    return weights[(int) key];
  }

  /**
   * The token.
   *
   * @param chance from 0 to below 1
   */
  int of(double chance) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double left = chance * sum;
    int from = 0;
    int to = keys.length;
    while (to - from > FEW) {
      int middle = part(from, to);
      double above = 0;
      for (int i = from; i < middle; i++) {
        above += weight(keys[i]);
      }
      if (left < above) {
        to = middle;
      } else {
        left -= above;
        from = middle;
      }
    }
    Arrays.sort(keys, from, to);
    if (weight(keys[from]) == 0) {
      return leastLikely(); // a chance so near to 1 that rounding went beyond the last
    }
    int last = (int) keys[from];
    for (int i = from; i < to && weight(keys[i]) > 0; i++) {
      last = (int) keys[i];
      left -= weight(keys[i]);
      if (left < 0) {
        break;
      }
    }
    return last;
  }

  /** The least likely token of those that are drawn at all. */
  private int leastLikely() {
    return (int) Arrays.stream(keys).filter(key -> weight(key) > 0).max().orElseThrow();
  }

  /**
   * Puts keys below one of them before the others; returns where these begin, which is neither end.
   */
  private int part(int from, int to) {
    long pivot = median(keys[from], keys[(from + to) >>> 1], keys[to - 1]);
    int low = from;
    int high = to - 1;
    while (low <= high) {
      while (keys[low] < pivot) {
        low++;
      }
      while (keys[high] > pivot) {
        high--;
      }
      if (low <= high) {
        long key = keys[low];
        keys[low++] = keys[high];
        keys[high--] = key;
      }
    }
    return Math.max(from + 1, Math.min(to - 1, low));
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
