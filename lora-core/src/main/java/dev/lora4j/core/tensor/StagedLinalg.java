package dev.lora4j.core.tensor;

import java.util.List;

/** Checks and stages operators of linear algebra. */
final class StagedLinalg {
  private StagedLinalg() {}

  /** {@code x}, if it holds matrices of a type that is precise enough. */
  static Expr matrices(String operator, Expr x) {
    Preconditions.precise(operator, x);
    Preconditions.rankAtLeast(operator, 2, x);
    return x;
  }

  /** {@code x}, if it holds square matrices. */
  static Expr squares(String operator, Expr x) {
    Preconditions.square(operator, matrices(operator, x));
    return x;
  }

  /** The shape of as many values as matrices have on their diagonals. */
  static Shape values(Expr x) {
    return Sizes.joined(Sizes.leading(x.shape(), 2), Shape.of(least(x)));
  }

  private static long least(Expr x) {
    return Sizes.lesser(x.shape().size(-2), x.shape().size(-1));
  }

  static LinalgOps.Qr qr(Expr x, boolean complete) {
    matrices("linalg_qr", x);
    long inner = complete ? x.shape().size(-2) : least(x);
    List<Expr> found =
        x.graph()
            .call(
                "linalg_qr",
                List.of(
                    new Graph.Result(x.dtype(), x.shape().with(-1, inner)),
                    new Graph.Result(x.dtype(), x.shape().with(-2, inner))),
                x,
                complete ? "complete" : "reduced");
    return new LinalgOps.Qr(found.get(0), found.get(1));
  }

  static LinalgOps.Svd svd(Expr x) {
    matrices("linalg_svd", x);
    List<Expr> found =
        x.graph()
            .call(
                "linalg_svd",
                List.of(
                    new Graph.Result(x.dtype(), x.shape().with(-1, least(x))),
                    new Graph.Result(x.dtype(), values(x)),
                    new Graph.Result(x.dtype(), x.shape().with(-2, least(x)))),
                x,
                false);
    return new LinalgOps.Svd(found.get(0), found.get(1), found.get(2));
  }

  /** The shape of X in {@code x X = right}. */
  static Shape solution(String operator, Expr x, Expr right) {
    Preconditions.oneType(operator, x, right);
    Preconditions.rankAtLeast(operator, 2, right);
    Shape a = x.shape();
    Shape b = right.shape();
    Mismatch.require(
        Sizes.agree(a.size(-1), b.size(-2)),
        operator,
        "[..., n, n] and [..., n, columns]",
        x,
        right);
    List<Shape> leading = List.of(Sizes.leading(a, 2), Sizes.leading(b, 2));
    Shape batch = Broadcast.of(operator, x, leading);
    long n = Sizes.common(a.size(-1), b.size(-2));
    return Sizes.joined(batch, Shape.of(n, b.size(-1)));
  }

  static Expr triangular(Expr x, Expr right, boolean upper) {
    squares("linalg_solve_triangular", x);
    Shape shape = solution("linalg_solve_triangular", x, right);
    Keyword half = Keyword.of("upper", upper);
    return x.graph().call("linalg_solve_triangular", x.dtype(), shape, x, right, half);
  }
}
