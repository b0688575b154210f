package dev.lora4j.core.tensor;

/**
 * Operators of {@link Expr} that look elements up, or put them, at places that are data. Indices
 * are I64 and count from 0; one that is out of range is an error when the program runs.
 */
public interface IndexOps {
  /** The value operated on. */
  Expr self();

  /**
   * For each element of {@code indices} the element of this at the same place, but along dimension
   * {@code d} at the index. Both have one rank; other sizes of the indices may be less.
   */
  default Expr gather(int d, Expr indices) {
    Expr x = self();
    int at = Preconditions.dimension("gather", x, d);
    Lookups.within("gather", x, at, indices, x.shape());
    return x.graph().call("gather", x.dtype(), indices.shape(), x, at, indices);
  }

  /**
   * A copy with the elements of {@code source}, which has the shape of the indices, at the same
   * places, but along dimension {@code d} at the indices. Where an index comes twice, which of them
   * stays is open; {@link #scatterAdd} is sure.
   */
  default Expr scatter(int d, Expr indices, Expr source) {
    return scatter("scatter", d, indices, source);
  }

  /** As {@link #scatter}, but adds to the elements. */
  default Expr scatterAdd(int d, Expr indices, Expr source) {
    return scatter("scatter_add", d, indices, source);
  }

  private Expr scatter(String operator, int d, Expr indices, Expr source) {
    Expr x = self();
    int at = Preconditions.dimension(operator, x, d);
    Preconditions.oneType(operator, x, source);
    Lookups.within(operator, x, at, indices, x.shape());
    // Without this ATen takes a larger source, whose gradient it then gets wrong.
    Preconditions.shape(operator, indices.shape(), source);
    return x.graph().call(operator, x.dtype(), x.shape(), x, at, indices, source);
  }

  /** The slices of dimension {@code d} at {@code indices} [n], I64 or I32, in their order. */
  default Expr indexSelect(int d, Expr indices) {
    Expr x = self();
    int at = Preconditions.dimension("index_select", x, d);
    if (indices.dtype() != DType.I32) {
      Preconditions.type("index_select", DType.I64, indices);
    }
    Preconditions.shape("index_select", Shape.of(Shape.UNKNOWN), indices);
    Shape shape = x.shape().with(at, indices.shape().size(0));
    return x.graph().call("index_select", x.dtype(), shape, x, at, indices);
  }

  /**
   * A copy with the slices of {@code source} added to those of dimension {@code d} at {@code
   * indices} [n]; an index may come several times.
   */
  default Expr indexAdd(int d, Expr indices, Expr source) {
    Expr x = self();
    int at = Preconditions.dimension("index_add", x, d);
    Preconditions.oneType("index_add", x, source);
    Preconditions.type("index_add", DType.I64, indices);
    Preconditions.shape("index_add", Shape.of(Shape.UNKNOWN), indices);
    Preconditions.shape("index_add", x.shape().with(at, indices.shape().size(0)), source);
    return x.graph().call("index_add", x.dtype(), x.shape(), x, at, indices, source);
  }

  /** {@link #gather} whose other dimensions broadcast, as the indices of a sort. */
  default Expr takeAlong(int d, Expr indices) {
    Expr x = self();
    int at = Preconditions.dimension("take_along_dim", x, d);
    Preconditions.type("take_along_dim", DType.I64, indices);
    Shape shape = Lookups.along(x, at, indices);
    return x.graph().call("take_along_dim", x.dtype(), shape, x, indices, at);
  }

  /** The elements where {@code mask} (BOOL, broadcasts) holds, in row-major order: [?]. */
  default Expr maskedSelect(Expr mask) {
    Expr x = self();
    Preconditions.type("masked_select", DType.BOOL, mask);
    Broadcast.of("masked_select", x, mask);
    return x.graph().call("masked_select", x.dtype(), Shape.of(Shape.UNKNOWN), x, mask);
  }

  /** I64 indices [...] to I64 [..., classes] with 1 at the index and 0 elsewhere. */
  default Expr oneHot(int classes) {
    Expr x = self();
    Preconditions.type("one_hot", DType.I64, x);
    if (classes < 1) {
      throw Mismatch.of("one_hot", x, "1 class or more", Integer.toString(classes));
    }
    Shape shape = Sizes.joined(x.shape(), Shape.of(classes));
    return x.graph().call("one_hot", DType.I64, shape, x, classes);
  }
}
