package dev.lora4j.core.tensor;

/** Operators of {@link Expr} that change the resolution: [batch, channels, height, width]. */
public interface ResampleOps {
  /** The value operated on. */
  Expr self();

  /** Each pixel repeated {@code factor} times in both directions. */
  default Expr upsampleNearest(int factor) {
    Expr x = StagedResize.picture("upsample_nearest2d", self());
    return resize(Resize.NEAREST, x.dim(2).times(factor), x.dim(3).times(factor));
  }

  /** The picture at another resolution. */
  default Expr resize(Resize how, Dim height, Dim width) {
    return StagedResize.to(self(), how, height, width);
  }

  /**
   * The picture with its sizes multiplied and rounded down. Places are computed from the factors as
   * they are, also where the rounded sizes have another ratio.
   */
  default Expr resizeBy(Resize how, double heightFactor, double widthFactor) {
    return StagedResize.by(self(), how, heightFactor, widthFactor);
  }
}
