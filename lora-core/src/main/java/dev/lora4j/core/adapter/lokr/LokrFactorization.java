package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.nn.Site;

/**
 * LyCORIS's division of a weight into the two parts of LoKr.
 *
 * @param rows of the first part; {@code out = rows * innerRows}
 * @param columns of the first part; {@code in = columns * innerColumns}
 * @param firstFactored whether the first part is stored as a product
 * @param secondFactored whether the second part is stored as a product
 */
record LokrFactorization(
    long rows,
    long columns,
    long innerRows,
    long innerColumns,
    boolean firstFactored,
    boolean secondFactored) {

  static LokrFactorization of(Site site, int factor, long rank, boolean whole, boolean both) {
    long rows = smaller(site.out(), factor);
    long columns = smaller(site.in(), factor);
    long innerRows = site.out() / rows;
    long innerColumns = site.in() / columns;
    boolean first = !whole && both && 2 * rank < Math.max(rows, columns);
    boolean second = !whole && 2 * rank < Math.max(innerRows, innerColumns);
    return new LokrFactorization(rows, columns, innerRows, innerColumns, first, second);
  }

  /** Returns true if any part is stored as a product, so that there is a rank to scale by. */
  boolean factored() {
    return firstFactored || secondFactored;
  }

  /** The smaller of two divisors of {@code size}: {@code factor} if it is one, else up to it. */
  private static long smaller(long size, int factor) {
    if (factor > 0 && size % factor == 0) {
      return Math.min(factor, size / factor);
    }
    long most = factor < 0 ? size : factor;
    long found = 1;
    for (long m = 2; m <= most && m * m <= size; m++) {
      if (size % m == 0) {
        found = m;
      }
    }
    return found;
  }
}
