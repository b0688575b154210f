package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reductions of a value over some dimensions. The result lacks these dimensions, or with {@link
 * #keeping} keeps them with size 1, which lets it broadcast against the value.
 *
 * <pre>{@code
 * x.over(-1).mean();            // [batch, tokens, width] to [batch, tokens]
 * x.over(-1).keeping().mean();  // [batch, tokens, width] to [batch, tokens, 1]
 * }</pre>
 */
public final class Reduction {
  private final Expr x;
  private final int[] over;
  private final boolean keep;

  Reduction(Expr x, int[] over, boolean keep) {
    this.x = x;
    this.over = over;
    this.keep = keep;
  }

  /** A copy that keeps the dimensions with size 1. */
  public Reduction keeping() {
    return new Reduction(x, over, true);
  }

  /** Sum. Of whole numbers and BOOL it is I64. */
  public Expr sum() {
    return reduce("sum", summed(x), dimensions(), keep);
  }

  /** Mean. */
  public Expr mean() {
    Preconditions.floating("mean", x);
    return reduce("mean", x.dtype(), dimensions(), keep);
  }

  /** Product. Of whole numbers it is I64. */
  public Expr prod() {
    Preconditions.choosable("prod", x);
    Expr result = x;
    int[] fromLast = Arrays.stream(over).map(d -> -d).sorted().map(d -> -d).toArray();
    for (int d : fromLast) {
      Shape shape = shape(result.shape(), d);
      result = x.graph().call("prod", summed(x), shape, result, d, keep);
    }
    return result;
  }

  /** Greatest element; NaN if there is one. Equals share the gradient. */
  public Expr max() {
    return reduce("amax", x.dtype(), dimensions(), keep);
  }

  /** Least element; NaN if there is one. Equals share the gradient. */
  public Expr min() {
    return reduce("amin", x.dtype(), dimensions(), keep);
  }

  /**
   * Mean of the squared differences to the mean, with the count lessened by {@code correction}: 1
   * for an estimate from a sample, 0 for the population.
   */
  public Expr var(int correction) {
    return spread("var", correction);
  }

  /** Square root of {@link #var}. */
  public Expr std(int correction) {
    return spread("std", correction);
  }

  private Expr spread(String operator, int correction) {
    Preconditions.floating(operator, x);
    Keyword less = Keyword.of("correction", correction);
    return reduce(operator, x.dtype(), dimensions(), less, Keyword.of("keepdim", keep));
  }

  /**
   * {@code (sum |x|^p)^(1/p)}; for p = 0 the count of elements that are not 0, for plus and minus
   * infinity the greatest and the least |x|.
   */
  public Expr norm(double p) {
    Preconditions.floating("linalg_vector_norm", x);
    return reduce("linalg_vector_norm", x.dtype(), p, dimensions(), keep);
  }

  /** {@code log(sum(exp(x)))}, without overflow. */
  public Expr logSumExp() {
    Preconditions.floating("logsumexp", x);
    return reduce("logsumexp", x.dtype(), dimensions(), keep);
  }

  /** Conjunction: true if all elements are true; BOOL. */
  public Expr all() {
    Preconditions.type("all", DType.BOOL, x);
    return reduce("all", DType.BOOL, dimensions(), keep);
  }

  /** Disjunction: true if at least one element is true; BOOL. */
  public Expr any() {
    Preconditions.type("any", DType.BOOL, x);
    return reduce("any", DType.BOOL, dimensions(), keep);
  }

  /** Position of the greatest element along the one dimension; I64. Which of equals is open. */
  public Expr argMax() {
    return reduce("argmax", DType.I64, one("argmax"), keep);
  }

  /** Position of the least element along the one dimension; I64. Which of equals is open. */
  public Expr argMin() {
    return reduce("argmin", DType.I64, one("argmin"), keep);
  }

  /** Running sums or products, which have the shape of the input. */
  static Expr running(String operator, Expr x, int d) {
    Preconditions.choosable(operator, x);
    int at = Preconditions.dimension(operator, x, d);
    return x.graph().call(operator, summed(x), x.shape(), x, at);
  }

  private static DType summed(Expr x) {
    return x.dtype().floating() || x.dtype() == DType.C64 ? x.dtype() : DType.I64;
  }

  private int one(String operator) {
    if (over.length != 1) {
      throw Mismatch.of(operator, x, "one dimension", Arrays.toString(over));
    }
    return over[0];
  }

  private List<Integer> dimensions() {
    return Arrays.stream(over).boxed().toList();
  }

  private Expr reduce(String operator, DType type, Object... rest) {
    Preconditions.choosable(operator, x);
    List<Object> arguments = new ArrayList<>(List.of(x));
    arguments.addAll(Arrays.asList(rest));
    return x.graph().call(operator, type, shape(x.shape(), over), arguments.toArray());
  }

  private Shape shape(Shape from, int... dimensions) {
    List<Long> sizes = new ArrayList<>();
    for (int d = 0; d < from.rank(); d++) {
      int at = d;
      boolean gone = Arrays.stream(dimensions).anyMatch(o -> o == at);
      if (!gone) {
        sizes.add(from.size(d));
      } else if (keep) {
        sizes.add(1L);
      }
    }
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }
}
