package dev.lora4j.core.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Operators of {@link Expr} that combine elements. */
public interface Reducing {
  /** The value operated on. */
  Expr self();

  /** Sum of all elements; a scalar. */
  default Expr sum() {
    Expr x = self();
    return x.graph().call("sum", x.dtype(), Shape.of(), x);
  }

  /** Sum over dimensions, which keep size 1. */
  default Expr sum(int... dimensions) {
    return reduce("sum", dimensions);
  }

  /** Mean of all elements; a scalar. */
  default Expr mean() {
    Expr x = self();
    return x.graph().call("mean", x.dtype(), Shape.of(), x);
  }

  /** Mean over dimensions, which keep size 1. */
  default Expr mean(int... dimensions) {
    return reduce("mean", dimensions);
  }

  /** Euclidean norm of all elements; a scalar. */
  default Expr norm() {
    Expr x = self();
    return x.graph().call("linalg_vector_norm", x.dtype(), Shape.of(), x, 2);
  }

  /** Whether all elements of a BOOL tensor hold; a scalar. */
  default Expr all() {
    Expr x = self();
    return x.graph().call("all", DType.BOOL, Shape.of(), x);
  }

  /** Position of the greatest element along dimension {@code d}, which disappears; I64. */
  default Expr argmax(int d) {
    Expr x = self();
    int at = d < 0 ? d + x.shape().rank() : d;
    long[] sizes = x.shape().sizes();
    long[] rest =
        LongStream.range(0, sizes.length).filter(i -> i != at).map(i -> sizes[(int) i]).toArray();
    return x.graph().call("argmax", DType.I64, Shape.of(rest), x, d);
  }

  /**
   * Matrix product; x: [..., rows, inner], other: [..., inner, columns]. Leading dimensions
   * broadcast.
   */
  default Expr matmul(Expr other) {
    Expr x = self();
    Shape a = x.shape();
    Shape b = other.shape();
    Mismatch.require(
        x.dtype() == other.dtype()
            && a.rank() >= 2
            && b.rank() >= 2
            && Sizes.agree(a.size(-1), b.size(-2)),
        "matmul",
        "[..., rows, inner] and [..., inner, columns] of one type",
        x,
        other);
    long[] leading = Broadcast.of("matmul", x, List.of(leading(a), leading(b))).sizes();
    long[] sizes = Arrays.copyOf(leading, leading.length + 2);
    sizes[leading.length] = a.size(-2);
    sizes[leading.length + 1] = b.size(-1);
    return x.graph().call("matmul", x.dtype(), Shape.of(sizes), x, other);
  }

  private static Shape leading(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.sizes(), shape.rank() - 2));
  }

  private Expr reduce(String operator, int... dimensions) {
    Expr x = self();
    Shape shape = x.shape();
    for (int d : dimensions) {
      shape = shape.with(d, 1);
    }
    List<Integer> over = Arrays.stream(dimensions).boxed().toList();
    return x.graph().call(operator, x.dtype(), shape, x, over, true);
  }
}
