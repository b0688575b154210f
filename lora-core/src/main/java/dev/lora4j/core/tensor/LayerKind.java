package dev.lora4j.core.tensor;

/**
 * Layers that a processor computes at like speed: an operator, its type, whether its kernel sees
 * one place or more, and how many channels there are, roughly.
 *
 * @param path how it could be computed faster
 * @param area whether the kernel sees more than one place; false for products
 * @param channels those of the layers that stand for the kind
 */
record LayerKind(FastPath path, boolean area, int channels) {
  private static final int FEW = 96;
  private static final int SOME = 256;

  /** Output channels that oneDNN's kernels compute together where they can. */
  private static final int BLOCK = 64;

  /**
   * The kind of a layer.
   *
   * @param in channels or width that goes in; may be unknown
   * @param out what comes out; may be unknown
   */
  static LayerKind of(FastPath path, boolean area, long in, long out) {
    long most = Math.max(in, out);
    if (!path.convolution()) {
      return new LayerKind(path, false, most <= SOME ? 256 : 768);
    }
    int channels = most <= FEW ? 64 : most <= SOME ? 128 : 320;
    boolean whole = path == FastPath.CONVOLUTION_F32 || out % BLOCK == 0;
    return new LayerKind(path, area, whole ? channels : channels + BLOCK / 2);
  }

  /**
   * Returns true if a layer of this kind admits the packing: oneDNN never reorders the weight
   * again. A packed weight is arranged in blocks of outputs: in F32 they depend on the sizes of the
   * input, in BF16 only where the outputs are no whole blocks. With an input that needs other
   * blocks, oneDNN rearranges the weight in each call, which takes twenty to a hundred times as
   * long as the layer.
   */
  boolean admits(Packing packing) {
    boolean oneSize = packing.rule() == Packing.Rule.SQUARE;
    boolean safe =
        switch (path) {
          case CONVOLUTION_F32 -> area && oneSize;
          case CONVOLUTION_BF16 -> channels % BLOCK == 0 && !oneSize;
          case PRODUCT_BF16 -> !oneSize;
        };
    return safe || packing.never();
  }

  /** The layers between which these stand. */
  LayerKind surrounding() {
    return new LayerKind(path, true, channels);
  }

  @Override
  public String toString() {
    String kernel = path.convolution() ? (area ? "3x3, " : "1x1, ") : "";
    return path.label() + " (" + kernel + channels + " channels)";
  }
}
