package dev.lora4j.core.tensor;

/** The greatest finite number of each floating-point type that is computed in. */
final class Greatest {
  private Greatest() {}

  static double of(DType type) {
    return switch (type) {
      case F64 -> Double.MAX_VALUE;
      case F32 -> Float.MAX_VALUE;
      case BF16 -> 0x1.FEp127;
      case F16 -> 65504;
      case F8_E5M2, F8_E5M2FNUZ -> 57344;
      case F8_E4M3 -> 448;
      case F8_E4M3FNUZ -> 240;
      default -> throw new IllegalArgumentException(type + " has no greatest number");
    };
  }
}
