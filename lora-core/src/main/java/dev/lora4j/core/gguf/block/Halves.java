package dev.lora4j.core.gguf.block;

/** Numbers of 16 bits among packed bytes. */
final class Halves {
  private static final int FRACTION = 10;
  private static final int EXPONENTS = 0x1f;

  /** All numbers of F16: a look-up is faster than taking each apart. */
  private static final float[] ALL = all();

  private Halves() {}

  /** The F16 number in the two bytes at {@code at}, little endian. */
  static float at(byte[] bytes, int at) {
    return ALL[Byte.toUnsignedInt(bytes[at]) | (Byte.toUnsignedInt(bytes[at + 1]) << Byte.SIZE)];
  }

  private static float[] all() {
    float[] all = new float[1 << Short.SIZE];
    for (int bits = 0; bits < all.length; bits++) {
      int exponent = (bits >> FRACTION) & EXPONENTS;
      int fraction = bits & ((1 << FRACTION) - 1);
      float size =
          switch (exponent) {
            case 0 -> Math.scalb((float) fraction, -24);
            case EXPONENTS -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Math.scalb((float) (fraction | (1 << FRACTION)), exponent - 25);
          };
      all[bits] = bits < 1 << (Short.SIZE - 1) ? size : -size;
    }
    return all;
  }
}
