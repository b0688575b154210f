package dev.lora4j.core.tensor;

/** Operators of {@link Expr} that add elements at the borders. */
public interface PaddingOps {
  /** The value operated on. */
  Expr self();

  /** Zeros added at the right and the bottom; x: [batch, channels, h, w]. */
  default Expr padRightBottom(int columns, int rows) {
    Expr x = self();
    Mismatch.require(x.shape().rank() == 4, "pad", "[batch, channels, height, width]", x);
    return pad(0, 0, columns, 0, rows);
  }

  /**
   * A constant added at the borders; a negative side cuts off.
   *
   * @param sides elements before and after in the last dimension, then in the one before it, and so
   *     on
   */
  default Expr pad(double value, int... sides) {
    return StagedPadding.of(self(), value, sides);
  }

  /**
   * The value continued beyond its borders; x: [batch, channels, sizes...], where all sizes are
   * padded. Zeros may be added to any dimensions.
   *
   * @param sides elements before and after in the last dimension, then in the one before it, and so
   *     on; 0 or more
   */
  default Expr pad(PadMode mode, int... sides) {
    return StagedPadding.of(self(), mode, sides);
  }
}
