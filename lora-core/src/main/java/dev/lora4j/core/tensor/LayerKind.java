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
  private static final int TOUCHSTONE = 128;

  /** Output channels that oneDNN's kernels for AVX-512 compute together where they can. */
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
    int channels = most <= FEW ? 64 : most <= SOME ? TOUCHSTONE : 320;
    return new LayerKind(path, area, channels + (out % BLOCK == 0 ? 0 : BLOCK / 2));
  }

  /**
   * Whether its outputs are whole blocks. Others are cut into blocks whose size depends on the
   * feature map, so that a weight arranged for one size is arranged anew, slowly, for another.
   */
  boolean wholeBlocks() {
    return channels % BLOCK == 0;
  }

  /** The layers between which these stand. */
  LayerKind surrounding() {
    return new LayerKind(path, true, channels);
  }

  /** The kind that shows best whether packed weights depend on the size of what they act on. */
  LayerKind touchstone() {
    return path.convolution() && area ? new LayerKind(path, true, TOUCHSTONE) : this;
  }

  @Override
  public String toString() {
    String kernel = path.convolution() ? (area ? "3x3, " : "1x1, ") : "";
    return path.label() + " (" + kernel + channels + " channels)";
  }
}
