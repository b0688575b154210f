package dev.lora4j.core.tensor;

import java.util.List;

/**
 * Linear algebra of {@link Expr}: matrices [..., rows, columns] in F32 or F64, in batches over the
 * leading dimensions.
 *
 * <p>Factors of QR, of the singular value decomposition and of eigenvectors are unique only up to
 * signs, and gradients of what depends on that choice mean nothing. Gradients are infinite where
 * singular values or eigenvalues are equal and vectors take part.
 */
public interface LinalgOps {
  /** {@code A = q r}, with orthonormal columns in q and r upper triangular. */
  record Qr(Expr q, Expr r) {}

  /**
   * {@code A = u diag(values) vh}.
   *
   * @param u left singular vectors in columns
   * @param values singular values, falling
   * @param vh right singular vectors in rows
   */
  record Svd(Expr u, Expr values, Expr vh) {}

  /**
   * {@code A = vectors diag(values) vectors^T}.
   *
   * @param values eigenvalues, rising
   * @param vectors eigenvectors in columns
   */
  record Eigen(Expr values, Expr vectors) {}

  /** The determinant as {@code sign * exp(logAbs)}, which neither overflows nor underflows. */
  record LogDeterminant(Expr sign, Expr logAbs) {}

  /** The value operated on. */
  Expr self();

  /**
   * Reduced QR decomposition: q [..., rows, k] and r [..., k, columns] with k the lesser of rows
   * and columns. Has a gradient.
   */
  default Qr qr() {
    return StagedLinalg.qr(self(), false);
  }

  /**
   * Complete QR decomposition: q [..., rows, rows] and r [..., rows, columns]. Has a gradient only
   * if rows &lt;= columns.
   */
  default Qr qrComplete() {
    return StagedLinalg.qr(self(), true);
  }

  /**
   * Thin singular value decomposition: u [..., rows, k], values [..., k], vh [..., k, columns] with
   * k the lesser of rows and columns.
   */
  default Svd svd() {
    return StagedLinalg.svd(self());
  }

  /** The singular values alone, falling: [..., lesser of rows and columns]. */
  default Expr singularValues() {
    Expr x = StagedLinalg.matrices("linalg_svdvals", self());
    Shape values = StagedLinalg.values(x);
    return x.graph().call("linalg_svdvals", x.dtype(), values, x);
  }

  /** Eigenvalues and eigenvectors of symmetric matrices, of which the lower half is read. */
  default Eigen eigh() {
    Expr x = StagedLinalg.squares("linalg_eigh", self());
    List<Expr> found =
        x.graph()
            .call(
                "linalg_eigh",
                List.of(
                    new Graph.Result(x.dtype(), StagedLinalg.values(x)),
                    new Graph.Result(x.dtype(), x.shape())),
                x);
    return new Eigen(found.get(0), found.get(1));
  }

  /** Eigenvalues alone of symmetric matrices, of which the lower half is read; rising. */
  default Expr eigenvalues() {
    Expr x = StagedLinalg.squares("linalg_eigvalsh", self());
    return x.graph().call("linalg_eigvalsh", x.dtype(), StagedLinalg.values(x), x);
  }

  /**
   * X with {@code this X = right}; this: [..., n, n], right: [..., n, columns]. Leading dimensions
   * broadcast. A singular matrix is an error when the program runs.
   */
  default Expr solve(Expr right) {
    Expr x = StagedLinalg.squares("linalg_solve", self());
    Shape shape = StagedLinalg.solution("linalg_solve", x, right);
    return x.graph().call("linalg_solve", x.dtype(), shape, x, right);
  }

  /** {@link #solve} for an upper triangular matrix; nothing below its diagonal is read. */
  default Expr solveUpper(Expr right) {
    return StagedLinalg.triangular(self(), right, true);
  }

  /** {@link #solve} for a lower triangular matrix; nothing above its diagonal is read. */
  default Expr solveLower(Expr right) {
    return StagedLinalg.triangular(self(), right, false);
  }

  /**
   * Lower triangular L with {@code L L^T = this}, of symmetric positive definite matrices, of which
   * the lower half is read. Any other matrix is an error when the program runs.
   */
  default Expr cholesky() {
    Expr x = StagedLinalg.squares("linalg_cholesky", self());
    return x.graph().call("linalg_cholesky", x.dtype(), x.shape(), x);
  }

  /** Inverse. A singular matrix is an error when the program runs. */
  default Expr inverse() {
    Expr x = StagedLinalg.squares("linalg_inv", self());
    return x.graph().call("linalg_inv", x.dtype(), x.shape(), x);
  }

  /** {@code e^A}, the sum of {@code A^k / k!}; not element by element. */
  default Expr matrixExp() {
    Expr x = StagedLinalg.squares("linalg_matrix_exp", self());
    return x.graph().call("linalg_matrix_exp", x.dtype(), x.shape(), x);
  }

  /** Determinant: [...]. */
  default Expr determinant() {
    Expr x = StagedLinalg.squares("linalg_det", self());
    return x.graph().call("linalg_det", x.dtype(), Sizes.leading(x.shape(), 2), x);
  }

  /** Sign and logarithm of the absolute determinant, both [...]. */
  default LogDeterminant logDeterminant() {
    Expr x = StagedLinalg.squares("linalg_slogdet", self());
    Graph.Result result = new Graph.Result(x.dtype(), Sizes.leading(x.shape(), 2));
    List<Expr> found = x.graph().call("linalg_slogdet", List.of(result, result), x);
    return new LogDeterminant(found.get(0), found.get(1));
  }

  /**
   * The pseudo-inverse of Moore and Penrose, [..., columns, rows]. Singular values up to {@code
   * relative} times the greatest count as 0.
   */
  default Expr pseudoInverse(double relative) {
    Expr x = StagedLinalg.matrices("linalg_pinv", self());
    Shape s = x.shape();
    Shape shape = s.with(-1, s.size(-2)).with(-2, s.size(-1));
    return x.graph().call("linalg_pinv", x.dtype(), shape, x, relative);
  }

  /** Sum of the main diagonal: [...]. */
  default Expr trace() {
    return self().diagonal().over(-1).sum();
  }
}
