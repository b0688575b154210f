package dev.lora4j.core.lowrank;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;

/**
 * The singular value decomposition of {@code up * down} out of products of the factors with
 * themselves, staged for many pairs at once.
 *
 * <p>With {@code up' up = V L V'} and {@code S = sqrt(L) V'} the columns of {@code Q = up V /
 * sqrt(L)} are orthonormal and {@code up = Q S}. With {@code S down down' S' = W D W'} the singular
 * values are {@code sqrt(D)}, the left vectors {@code Q W}, the right ones {@code W' S down /
 * sqrt(D)}. That is the way over a thin QR of each factor with Gram matrices in its place: a few
 * products, where Householder's QR of a tall matrix is slower than all else together.
 *
 * <p>A Gram matrix has the squares of the singular values, so half of the digits are lost. They are
 * formed in F64, of which half is what F32 has.
 *
 * @param sigma singular values, greatest first; 0 where they are rounding: F64 [pairs, rank]
 * @param left {@code up * left} has the left vectors as columns, 0 where sigma is: [pairs, rank,
 *     rank]
 * @param right {@code right * down} has the right vectors as rows, 0 where sigma is: [pairs, rank,
 *     rank]
 */
record Gram(Expr sigma, Expr left, Expr right) {
  /** Least eigenvalue that counts, relative to the greatest: its root is F32's resolution. */
  static final double NOTHING = 1e-13;

  /** Rounding of F64 in a product, relative to the norms of its factors. */
  private static final double ROUNDING = 1e-15;

  /**
   * Stages it.
   *
   * @param down F64 [pairs, rank, rest]
   * @param up F64 [pairs, out, rank]
   */
  static Gram of(Expr down, Expr up) {
    Expr downs = down.matmul(down.transpose(1, 2));
    LinalgOps.Eigen first = up.transpose(1, 2).matmul(up).eigh();
    Expr values = first.values().flip(1);
    Expr vectors = first.vectors().flip(2);
    Expr most = values.slice(1, 0, 1);
    Expr kept = values.gt(most.mul(NOTHING));
    Expr lengths = masked(values.sqrt(), kept);
    Expr s = lengths.unsqueeze(-1).mul(vectors.transpose(1, 2));
    LinalgOps.Eigen second = s.matmul(downs).matmul(s.transpose(1, 2)).eigh();
    Expr squares = second.values().flip(1);
    Expr w = second.vectors().flip(2);
    Expr size = most.mul(downs.trace().unsqueeze(-1)).mul(ROUNDING);
    Expr present = squares.gt(squares.slice(1, 0, 1).mul(NOTHING).maximum(size));
    Expr sigma = masked(squares.sqrt(), present);
    Expr shorter = masked(values.rsqrt(), kept).unsqueeze(1);
    Expr ones = masked(squares.mul(0).add(1), present).unsqueeze(1);
    Expr inverse = masked(squares.rsqrt(), present).unsqueeze(-1);
    return new Gram(
        sigma, vectors.mul(shorter).matmul(w).mul(ones), w.transpose(1, 2).matmul(s).mul(inverse));
  }

  private static Expr masked(Expr x, Expr mask) {
    return x.maskedFill(mask.not(), 0);
  }
}
