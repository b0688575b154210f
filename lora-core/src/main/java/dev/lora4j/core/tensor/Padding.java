package dev.lora4j.core.tensor;

import java.util.List;

/** Operators of {@link Expr} that add elements at the borders. */
public interface Padding {
  /** The value operated on. */
  Expr self();

  /** Zeros added at the right and the bottom; x: [batch, channels, h, w]. */
  default Expr padRightBottom(int columns, int rows) {
    Expr x = self();
    Mismatch.require(
        x.shape().rank() == 4, "constant_pad_nd", "[batch, channels, height, width]", x);
    Shape s = x.shape();
    Shape shape =
        s.with(2, Sizes.map(s.size(2), h -> h + rows))
            .with(3, Sizes.map(s.size(3), w -> w + columns));
    List<Integer> sides = List.of(0, columns, 0, rows);
    return x.graph().call("constant_pad_nd", x.dtype(), shape, x, sides, 0);
  }
}
