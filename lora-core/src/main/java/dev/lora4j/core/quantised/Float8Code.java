package dev.lora4j.core.quantised;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;

/**
 * Bytes of a type of small floating-point numbers (Micikevicius et al. 2022, "FP8 Formats for Deep
 * Learning").
 */
enum Float8Code {
  /** Four bits of exponent, three of fraction. */
  E4M3(DType.F8_E4M3, 448, -6, 3),
  /** Five bits of exponent, two of fraction. */
  E5M2(DType.F8_E5M2, 57344, -14, 2);

  private static final int BYTES = 256;
  private static final int SIGN = 0x80;

  private final DType type;
  private final float most;
  private final int leastExponent;
  private final int fractionBits;

  Float8Code(DType type, float most, int leastExponent, int fractionBits) {
    this.type = type;
    this.most = most;
    this.leastExponent = leastExponent;
    this.fractionBits = fractionBits;
  }

  static Float8Code of(DType type) {
    return type == DType.F8_E4M3 ? E4M3 : E5M2;
  }

  /** The greatest number. */
  float most() {
    return most;
  }

  /**
   * The code of the nearest number; halves go to the even code, what is greater to the greatest.
   */
  byte of(float value) {
    float size = Math.min(Math.abs(value), most);
    int exponent = Math.max(Math.getExponent(size), leastExponent);
    // Steps of the power of two; below the least exponent the code is this number itself, and a
    // whole power of them is the next exponent.
    int steps = (int) Math.rint(Math.scalb(size, fractionBits - exponent));
    int code = ((exponent - leastExponent) << fractionBits) + steps;
    return (byte) (value < 0 ? code | SIGN : code);
  }

  /** Numbers of all bytes. */
  float[] numbers() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) i;
    }
    double[] numbers = HostTensor.owning(type, Shape.of(BYTES), bytes).doubles();
    float[] values = new float[BYTES];
    for (int i = 0; i < BYTES; i++) {
      values[i] = (float) numbers[i];
    }
    return values;
  }
}
