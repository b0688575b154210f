package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Products of {@link Expr} as matrices and vectors. */
public interface MatmulOps {
  /** The value operated on. */
  Expr self();

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
    List<Shape> leading = List.of(Sizes.leading(a, 2), Sizes.leading(b, 2));
    Shape batch = Broadcast.of("matmul", x, leading);
    Shape shape = Sizes.joined(batch, Shape.of(a.size(-2), b.size(-1)));
    return x.graph().call("matmul", x.dtype(), shape, x, other);
  }

  /** Sum of the products of two vectors [n]; a scalar. */
  default Expr dot(Expr other) {
    Expr x = self();
    Preconditions.oneType("dot", x, other);
    Preconditions.shape("dot", Shape.of(Shape.UNKNOWN), x);
    Preconditions.shape("dot", x.shape(), other);
    return x.graph().call("dot", x.dtype(), Shape.of(), x, other);
  }

  /** Outer product of two vectors, [n] and [m]: [n, m]. */
  default Expr outer(Expr other) {
    Expr x = self();
    Preconditions.oneType("outer", x, other);
    Preconditions.shape("outer", Shape.of(Shape.UNKNOWN), x);
    Preconditions.shape("outer", Shape.of(Shape.UNKNOWN), other);
    return x.graph().call("outer", x.dtype(), Sizes.joined(x.shape(), other.shape()), x, other);
  }

  /**
   * Kronecker product: each element of this times the whole of {@code other}. Sizes multiply; the
   * one with fewer dimensions is taken to begin with dimensions of size 1.
   */
  default Expr kron(Expr other) {
    Expr x = self();
    Preconditions.numeric("kron", x);
    Preconditions.oneType("kron", x, other);
    int rank = Math.max(x.shape().rank(), other.shape().rank());
    long[] sizes = new long[rank];
    for (int d = 1; d <= rank; d++) {
      long a = d > x.shape().rank() ? 1 : x.shape().size(-d);
      long b = d > other.shape().rank() ? 1 : other.shape().size(-d);
      sizes[rank - d] = Sizes.product(a, b);
    }
    // ATen's kron fails on some operands that are not contiguous.
    return x.graph().call("kron", x.dtype(), Shape.of(sizes), x.contiguous(), other.contiguous());
  }

  /**
   * Einstein's sum over this and {@code others}, for example {@code "bhqd,bhkd->bhqk"}.
   *
   * <p>Each operand has a letter for each of its dimensions; {@code ...} stands for any number of
   * them, which broadcast. What is summed are the letters that do not stand after the arrow.
   * Without an arrow the result has what {@code ...} stands for and then the letters that occur
   * once, in the order of the alphabet, capitals first. A letter twice in one operand takes its
   * diagonal. A size of 1 broadcasts against the other sizes of its letter.
   *
   * @throws TensorException if the equation and the shapes do not fit each other
   */
  default Expr einsum(String equation, Expr... others) {
    List<Expr> operands = new ArrayList<>(List.of(self()));
    operands.addAll(Arrays.asList(others));
    Expr x = self();
    Preconditions.numeric("einsum", x);
    Preconditions.oneType("einsum", x, others);
    Shape shape = Einsum.of(equation, operands).result();
    return x.graph().call("einsum", x.dtype(), shape, equation, operands);
  }
}
