package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;

/**
 * Division of a layer's weight as a Kronecker product, [firstRows, firstColumns] by [secondRows,
 * secondColumns], with the parts that are factored.
 *
 * @param own the rank of what is factored; 0 if nothing is
 */
record LokrShape(
    String name,
    long firstRows,
    long firstColumns,
    long secondRows,
    long secondColumns,
    boolean firstFactored,
    boolean secondFactored,
    long own) {
  static LokrShape of(PeftSite site) {
    Factors factors = site.factors().get(0);
    boolean first = factors.tensors().containsKey("lokr_w1_a");
    boolean second = factors.tensors().containsKey("lokr_w2_a");
    long rows = size(factors, first ? "lokr_w1_a" : "lokr_w1", 0);
    long columns = size(factors, first ? "lokr_w1_b" : "lokr_w1", 1);
    long own = second ? size(factors, "lokr_w2_b", 0) : first ? size(factors, "lokr_w1_b", 0) : 0;
    long out = site.site().map(Site::out).orElseGet(() -> rows * second(factors, 0));
    long in = site.site().map(Site::in).orElseGet(() -> columns * second(factors, 1));
    return new LokrShape(site.name(), rows, columns, out / rows, in / columns, first, second, own);
  }

  /** Sizes of the second matrix, where the base is not known: a linear layer's. */
  private static long second(Factors factors, int dimension) {
    String whole = "lokr_w2";
    String factor = dimension == 0 ? "lokr_w2_a" : "lokr_w2_b";
    return size(factors, factors.tensors().containsKey(whole) ? whole : factor, dimension);
  }

  private static long size(Factors factors, String role, int dimension) {
    return Optional.ofNullable(factors.tensors().get(role))
        .map(HostTensor::shape)
        .map((Shape s) -> s.size(dimension))
        .orElse(1L);
  }

  /** Returns true if PEFT would divide the layer's sizes so. */
  boolean sized(long factor) {
    return split(firstRows * secondRows, factor) == firstRows
        && split(firstColumns * secondColumns, factor) == firstColumns;
  }

  /**
   * The rank to configure: where nothing is factored, the smallest at which PEFT factors nothing.
   */
  long rank(boolean both) {
    if (own > 0) {
      return own;
    }
    long sizes = Math.max(secondRows, secondColumns);
    long first = both ? Math.max(firstRows, firstColumns) : 0;
    return Math.max(1, (Math.max(sizes, first) + 1) / 2);
  }

  /** Returns true if PEFT would factor the same parts at this rank. */
  boolean made(boolean both) {
    double rank = (double) rank(both);
    boolean first = both && rank < Math.max(firstRows, firstColumns) / 2.0;
    boolean second = rank < Math.max(secondRows, secondColumns) / 2.0;
    return first == firstFactored && second == secondFactored;
  }

  /**
   * The smaller of the two numbers into which a size is divided: {@code factor} where that divides
   * it; else the largest up to it, or at all for -1, that does not make their sum larger.
   */
  private static long split(long size, long factor) {
    if (factor > 0 && size % factor == 0) {
      return factor;
    }
    long limit = factor < 0 ? size : factor;
    long best = 1;
    for (long small = 2; small * small <= size && small <= limit; small++) {
      if (size % small == 0) {
        best = small;
      }
    }
    return best;
  }
}
