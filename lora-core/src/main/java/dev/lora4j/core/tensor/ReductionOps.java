package dev.lora4j.core.tensor;

import java.util.stream.IntStream;

/** Operators of {@link Expr} that combine elements, and sums that run along a dimension. */
public interface ReductionOps {
  /** The value operated on. */
  Expr self();

  /** Reductions over these dimensions, at least one, which disappear from the result. */
  default Reduction over(int... dimensions) {
    if (dimensions.length == 0) {
      throw Mismatch.of("over", self(), "at least one dimension; overAll() takes all", "none");
    }
    return new Reduction(self(), Preconditions.dimensions("over", self(), dimensions), false);
  }

  /** Reductions over all elements to a scalar. */
  default Reduction overAll() {
    return new Reduction(self(), IntStream.range(0, self().shape().rank()).toArray(), false);
  }

  /** Sum of all elements; a scalar. Of whole numbers I64. */
  default Expr sum() {
    return overAll().sum();
  }

  /** Sum over dimensions, which keep size 1. Of whole numbers I64. */
  default Expr sum(int... dimensions) {
    return over(dimensions).keeping().sum();
  }

  /** Mean of all elements; a scalar. */
  default Expr mean() {
    return overAll().mean();
  }

  /** Mean over dimensions, which keep size 1. */
  default Expr mean(int... dimensions) {
    return over(dimensions).keeping().mean();
  }

  /** Euclidean norm of all elements; a scalar. */
  default Expr norm() {
    return overAll().norm(2);
  }

  /** Conjunction of all elements of a BOOL tensor; a scalar. */
  default Expr all() {
    return overAll().all();
  }

  /** Disjunction of all elements of a BOOL tensor; a scalar. */
  default Expr any() {
    return overAll().any();
  }

  /** Position of the greatest element along dimension {@code d}, which disappears; I64. */
  default Expr argmax(int d) {
    return over(d).argMax();
  }

  /** Position of the least element along dimension {@code d}, which disappears; I64. */
  default Expr argmin(int d) {
    return over(d).argMin();
  }

  /** Sums of each element and all before it along dimension {@code d}. Of whole numbers I64. */
  default Expr cumsum(int d) {
    return Reduction.running("cumsum", self(), d);
  }

  /** Products of each element and all before it along dimension {@code d}. Of whole numbers I64. */
  default Expr cumprod(int d) {
    return Reduction.running("cumprod", self(), d);
  }
}
