package dev.lora4j.core.tensor;

/**
 * Tolerance between results of one computation with additions in another order, by arithmetic alone
 * and on any processor.
 */
public final class RoundingTolerance {
  private RoundingTolerance() {}

  /** Half the distance from 1 to the next number, which is the greatest error of one rounding. */
  public static double unit(DType type) {
    return switch (type) {
      case F64 -> 0x1p-53;
      case F32 -> 0x1p-24;
      case F16 -> 0x1p-11;
      case BF16 -> 0x1p-8;
      default -> throw new IllegalArgumentException(type + " does not round.");
    };
  }

  /**
   * Greatest distance of two sums of the same products, relative to the scale of such sums. Errors
   * of additions are as good as independent, so they grow with the root of how many there are; with
   * each sum two roundings to the type, and four times that as room for the largest of many
   * results. Types of half precision are added up in F32.
   *
   * @param terms of each sum
   */
  public static double ofSums(DType type, long terms) {
    double adding = unit(type == DType.F64 ? DType.F64 : DType.F32) * Math.sqrt((double) terms);
    return 4 * (2 * unit(type) + adding);
  }

  /**
   * As above, for layers in a row, each computed from the results of the one before. What one adds
   * is as good as independent of the others, so it grows with their root.
   *
   * @param terms of the longest sum of a layer
   * @param layers number of sums in a row
   */
  public static double inSequence(DType type, long terms, long layers) {
    return ofSums(type, terms) * Math.sqrt((double) layers);
  }
}
