package dev.lora4j.core.tensor;

/**
 * Changes of element type. Rounding is to the nearest number of the new type, halves to the even
 * one; subnormal numbers are kept. What lies beyond the range of a floating-point type becomes
 * infinite, but NaN in {@link DType#F8_E4M3}, which has no infinities and ends at 448.
 *
 * <p>Gradients pass in the type of each value: one that comes back through a cast to 8 bits is
 * rounded to 8 bits itself.
 */
public interface CastOps {
  /** The value operated on. */
  Expr self();

  /** Conversion to another element type; itself if it has that type. Gradients pass. */
  default Expr to(DType type) {
    Expr x = self();
    return type == x.dtype() ? x : x.graph().call("to", type, x.shape(), x, type);
  }

  /**
   * As {@link #to} with a floating-point type, saturating: values beyond its range become its
   * greatest or least number; NaN stays. No gradient passes where it does.
   */
  default Expr toSaturating(DType type) {
    Expr x = self();
    Preconditions.floating("toSaturating", x);
    if (!type.floating() || !type.computable()) {
      throw Mismatch.of("toSaturating", x, "a floating-point type to cast to", type.toString());
    }
    double greatest = Greatest.of(type);
    return greatest >= Greatest.of(x.dtype()) ? x.to(type) : x.clamp(-greatest, greatest).to(type);
  }

  /**
   * Reinterprets the bytes as elements of another type. The last dimension grows or shrinks by the
   * ratio of the widths. No gradient passes.
   */
  default Expr reinterpret(DType type) {
    Expr x = self();
    Shape shape = x.shape();
    int from = x.dtype().bits();
    int to = type.bits();
    if (from != to) {
      Preconditions.rankAtLeast("reinterpret", 1, x);
      long bits = Sizes.product(shape.size(-1), from);
      if (bits != Shape.UNKNOWN && bits % to != 0) {
        throw Mismatch.of(
            "reinterpret", x, "a last dimension that fills elements of " + type, shape.toString());
      }
      shape = shape.with(-1, bits == Shape.UNKNOWN ? bits : bits / to);
    }
    Expr bytes = from == to ? x.detach() : x.detach().contiguous();
    return x.graph().call("view_copy", type, shape, bytes, Keyword.of("dtype", type));
  }
}
