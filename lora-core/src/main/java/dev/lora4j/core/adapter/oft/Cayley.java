package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;

/**
 * Rotations from skew-symmetric matrices, in batches [..., size, size]. The two exact forms are
 * inverse to each other, so which one a file means decides about the direction it turns.
 *
 * <p>All is computed in F64, as inverses lose digits; only what is to be multiplied with a weight
 * is rounded, by {@link #blend}.
 */
public final class Cayley {
  private Cayley() {}

  /** {@code (1 + skew) (1 - skew)^-1}: kohya, LyCORIS. */
  public static Expr forward(Expr skew) {
    Expr one = unit(skew);
    // Both sides commute, so the order of the quotient is of no matter.
    return one.sub(skew).solve(one.add(skew));
  }

  /** {@code (1 - skew) (1 + skew)^-1}: PEFT, where it computes exactly. */
  public static Expr backward(Expr skew) {
    return forward(skew.neg());
  }

  /**
   * The beginning of {@link #forward} as a series: {@code 1 + 2 skew + 2 skew^2 + ... + skew^n},
   * with the last power once. That is PEFT's default, though its exact form is {@link #backward}.
   *
   * @param terms as PEFT counts them, at least 2; 3 is the same as 4
   */
  public static Expr series(Expr skew, int terms) {
    Expr sum = unit(skew).add(skew.mul(2));
    if (terms > 2) {
      Expr power = skew.matmul(skew);
      sum = sum.add(power.mul(2));
      for (int i = 3; i < terms - 1; i++) {
        power = power.matmul(skew);
        sum = sum.add(power.mul(2));
      }
      sum = sum.add(power.matmul(skew));
    }
    return sum;
  }

  /** The part of {@code matrix} that changes sign when it is transposed, doubled; F64. */
  public static Expr skew(Expr matrix) {
    int rank = matrix.shape().rank();
    Expr exact = matrix.to(DType.F64);
    return exact.sub(exact.transpose(rank - 2, rank - 1));
  }

  /** {@code 1 + strength * (rotation - 1)} in F32. */
  public static Expr blend(Expr rotation, Expr strength) {
    Expr one = unit(rotation);
    return one.add(rotation.sub(one).mul(strength.to(DType.F64))).to(DType.F32);
  }

  /** A rotation without the unit matrix: what it adds to what it turns. */
  public static Expr turn(Expr rotation) {
    return rotation.sub(unit(rotation));
  }

  private static Expr unit(Expr like) {
    return Constants.eye(like.graph(), like.dtype(), like.dim(-1));
  }
}
