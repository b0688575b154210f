package dev.lora4j.core.tensor;

import java.util.List;

/** Preconditions of indices for the values that they look up. */
final class Lookups {
  private Lookups() {}

  /** I64 of the rank of {@code outer}, and nowhere larger but along {@code free}. */
  static void within(String operator, Expr x, int free, Expr indices, Shape outer) {
    Preconditions.type(operator, DType.I64, indices);
    Shape inner = indices.shape();
    boolean fits = inner.rank() == outer.rank();
    for (int d = 0; fits && d < inner.rank(); d++) {
      boolean known = inner.size(d) != Shape.UNKNOWN && outer.size(d) != Shape.UNKNOWN;
      fits = d == free || !known || inner.size(d) <= outer.size(d);
    }
    if (!fits) {
      throw Mismatch.of(operator, x, "indices of a shape within " + outer, inner.toString());
    }
  }

  /** Result shape of indices along dimension {@code d} when the other dimensions broadcast. */
  static Shape along(Expr x, int d, Expr indices) {
    Shape outer = x.shape();
    Shape inner = indices.shape();
    if (inner.rank() != outer.rank()) {
      throw Mismatch.of(
          "take_along_dim", x, "indices of " + outer.rank() + " dimensions", inner.toString());
    }
    List<Shape> others = List.of(outer.with(d, 1), inner.with(d, 1));
    return Broadcast.of("take_along_dim", x, others).with(d, inner.size(d));
  }
}
