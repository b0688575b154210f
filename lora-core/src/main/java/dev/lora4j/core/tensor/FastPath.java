package dev.lora4j.core.tensor;

/**
 * A way to compute an operator that is quicker than libtorch's plain one on some processors and not
 * there, or not quicker, on others.
 */
public enum FastPath {
  /** Convolutions in F32 whose weight is packed once. */
  CONVOLUTION_F32("packed convolution in F32", DType.F32),
  /** Convolutions in BF16 whose weight is packed once. */
  CONVOLUTION_BF16("packed convolution in BF16", DType.BF16),
  /** Matrix products in BF16 whose weight is packed once. */
  PRODUCT_BF16("packed product in BF16", DType.BF16);

  private final String label;
  private final DType type;

  FastPath(String label, DType type) {
    this.label = label;
    this.type = type;
  }

  /** The path's name in messages. */
  public String label() {
    return label;
  }

  /** The type that it computes in. */
  public DType type() {
    return type;
  }

  boolean convolution() {
    return this != PRODUCT_BF16;
  }
}
