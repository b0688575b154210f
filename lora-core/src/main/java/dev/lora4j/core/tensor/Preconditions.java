package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.BitSet;

/** Preconditions of operators on their operands; a violation is a {@link Mismatch}. */
final class Preconditions {
  private Preconditions() {}

  /** Requires that all operands have the type of the first. */
  static void oneType(String operator, Expr x, Expr... others) {
    for (Expr other : others) {
      if (x.dtype() != other.dtype()) {
        throw Mismatch.of(operator, x, "operands of one type", x.dtype() + " and " + other.dtype());
      }
    }
  }

  /** A real floating-point type that is computed in. */
  static void floating(String operator, Expr x) {
    if (!x.dtype().floating() || x.dtype().bits() < 16) {
      throw Mismatch.of(operator, x, "F16, BF16, F32 or F64", Mismatch.described(x));
    }
  }

  /** A type that decompositions of matrices exist for. */
  static void precise(String operator, Expr x) {
    if (x.dtype() != DType.F32 && x.dtype() != DType.F64) {
      throw Mismatch.of(operator, x, "F32 or F64; cast with to()", Mismatch.described(x));
    }
  }

  /** A type that is computed in: neither BOOL nor a float of 8 bits. */
  static void numeric(String operator, Expr x) {
    if (x.dtype() == DType.BOOL || (x.dtype().floating() && x.dtype().bits() < 16)) {
      throw Mismatch.of(
          operator, x, "a type that is computed in; cast with to()", Mismatch.described(x));
    }
  }

  /** A type whose elements are chosen from: any but floats of 8 bits. */
  static void choosable(String operator, Expr x) {
    if (x.dtype() != DType.BOOL) {
      numeric(operator, x);
    }
  }

  /** A type of whole numbers. */
  static void whole(String operator, Expr x) {
    if (!integral(x.dtype())) {
      throw Mismatch.of(operator, x, "whole numbers", Mismatch.described(x));
    }
  }

  /** Exactly this type. */
  static void type(String operator, DType expected, Expr x) {
    if (x.dtype() != expected) {
      throw Mismatch.of(operator, x, expected.toString(), Mismatch.described(x));
    }
  }

  /** Requires at least {@code rank} dimensions. */
  static void rankAtLeast(String operator, int rank, Expr x) {
    if (x.shape().rank() < rank) {
      throw Mismatch.of(operator, x, "at least " + rank + " dimensions", Mismatch.described(x));
    }
  }

  /** A dimension that exists, counted from the front. */
  static int dimension(String operator, Expr x, int d) {
    int rank = x.shape().rank();
    if (d < -rank || d >= rank) {
      throw Mismatch.of(operator, x, "a shape with dimension " + d, Mismatch.described(x));
    }
    return d < 0 ? d + rank : d;
  }

  /** Checks that dimensions exist and differ; counted from the front, in the same order. */
  static int[] dimensions(String operator, Expr x, int... dimensions) {
    int[] found = Arrays.stream(dimensions).map(d -> dimension(operator, x, d)).toArray();
    BitSet seen = new BitSet();
    for (int d : found) {
      if (seen.get(d)) {
        throw Mismatch.of(
            operator, x, "each dimension once", Arrays.toString(dimensions) + " of " + x.shape());
      }
      seen.set(d);
    }
    return found;
  }

  /** A shape that may be {@code expected}. */
  static void shape(String operator, Shape expected, Expr x) {
    if (!expected.admits(x.shape())) {
      throw Mismatch.of(operator, x, "shape " + expected, Mismatch.described(x));
    }
  }

  /** Square matrices in the last two dimensions. */
  static void square(String operator, Expr x) {
    rankAtLeast(operator, 2, x);
    if (!Sizes.agree(x.shape().size(-1), x.shape().size(-2))) {
      throw Mismatch.of(operator, x, "square matrices [..., n, n]", Mismatch.described(x));
    }
  }

  static boolean integral(DType type) {
    return !type.floating() && type != DType.BOOL && type != DType.C64;
  }

  /** A constant as program text of an operator on {@code x} has it, which keeps the type of x. */
  static Object constant(String operator, Expr x, double value) {
    if (!integral(x.dtype())) {
      return value;
    }
    if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
      throw Mismatch.of(
          operator, x, "a whole constant beside " + x.dtype(), Double.toString(value));
    }
    return (long) value;
  }
}
