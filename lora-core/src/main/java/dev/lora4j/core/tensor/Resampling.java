package dev.lora4j.core.tensor;

import java.util.List;

/** Operators of {@link Expr} that change the resolution of pictures. */
public interface Resampling {
  /** The value operated on. */
  Expr self();

  /** Each pixel repeated {@code factor} times in both directions; x: [batch, channels, h, w]. */
  default Expr upsampleNearest(int factor) {
    Expr x = self();
    Mismatch.require(
        x.shape().rank() == 4, "upsample_nearest2d", "[batch, channels, height, width]", x);
    Shape s = x.shape();
    Shape shape =
        s.with(2, Sizes.map(s.size(2), h -> h * factor))
            .with(3, Sizes.map(s.size(3), w -> w * factor));
    List<Dim> size = List.of(x.dim(2).times(factor), x.dim(3).times(factor));
    return x.graph().call("upsample_nearest2d", x.dtype(), shape, x, size);
  }
}
