package dev.lora4j.core.tensor;

/**
 * Method of resizing a picture.
 *
 * @param kind elements that a new one is made from
 * @param alignCorners whether the centres of the corner elements stay where they are, not the
 *     borders of the picture
 * @param antialias whether the kernel grows with the factor by which a picture shrinks
 */
public record Resize(Kind kind, boolean alignCorners, boolean antialias) {
  /** Kernels. */
  public enum Kind {
    /** The element at the rounded down place of the upper left corner, as PyTorch's nearest. */
    NEAREST("upsample_nearest2d"),
    /** The element whose centre is nearest, as in Pillow. */
    NEAREST_EXACT("_upsample_nearest_exact2d"),
    /** The four elements around, weighted linearly. */
    BILINEAR("upsample_bilinear2d"),
    /** The sixteen elements around (Keys 1981), with a = -0.75, or -0.5 if antialiased. */
    BICUBIC("upsample_bicubic2d");

    private final String operator;

    Kind(String operator) {
      this.operator = operator;
    }
  }

  /** The nearest element, as PyTorch's nearest. */
  public static final Resize NEAREST = new Resize(Kind.NEAREST, false, false);

  /** The element whose centre is nearest. */
  public static final Resize NEAREST_EXACT = new Resize(Kind.NEAREST_EXACT, false, false);

  /** Linear in both directions. */
  public static final Resize BILINEAR = new Resize(Kind.BILINEAR, false, false);

  /** Cubic in both directions. */
  public static final Resize BICUBIC = new Resize(Kind.BICUBIC, false, false);

  /** Refuses settings that the nearest element has no use for. */
  public Resize {
    if ((alignCorners || antialias) && !smooth(kind)) {
      throw new TensorException(
          "Resizing by the nearest element neither aligns corners nor is antialiased; take BILINEAR"
              + " or BICUBIC.");
    }
  }

  private static boolean smooth(Kind kind) {
    return kind == Kind.BILINEAR || kind == Kind.BICUBIC;
  }

  /** A copy that keeps the centres of the corner elements. */
  public Resize aligned() {
    return new Resize(kind, true, antialias);
  }

  /** A copy with a kernel that grows with the factor of the reduction. */
  public Resize antialiased() {
    return new Resize(kind, alignCorners, true);
  }

  /** Returns true if {@link #alignCorners} is an argument of the operator. */
  boolean smooth() {
    return smooth(kind);
  }

  /** The operator's name. */
  String operator() {
    return antialias ? "_" + kind.operator + "_aa" : kind.operator;
  }
}
