package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.Divisors;
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
    long rows = Divisors.smaller(site.out(), factor);
    long columns = Divisors.smaller(site.in(), factor);
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
}
