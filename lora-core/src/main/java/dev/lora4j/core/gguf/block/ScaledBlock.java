package dev.lora4j.core.gguf.block;

/**
 * 32 numbers with one scale, and with one offset in the types whose name ends in 1. Halves of a
 * block share their bytes: the lower four bits are the first half.
 */
public enum ScaledBlock implements BlockType {
  /** Scale; 4 bits each, less 8. */
  Q4_0(18),
  /** Scale, offset; 4 bits each. */
  Q4_1(20),
  /** Scale; fifth bits; 4 bits each; less 16. */
  Q5_0(22),
  /** Scale, offset; fifth bits; 4 bits each. */
  Q5_1(24),
  /** Scale; 8 bits each, with a sign. */
  Q8_0(34);

  private static final int ELEMENTS = 32;
  private static final int HALF = ELEMENTS / 2;

  private final int bytes;

  ScaledBlock(int bytes) {
    this.bytes = bytes;
  }

  @Override
  public int elements() {
    return ELEMENTS;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public void dequantize(byte[] packed, int from, int blocks, float[] values, int at) {
    for (int block = 0; block < blocks; block++) {
      int start = from + block * bytes;
      int first = at + block * ELEMENTS;
      float scale = Halves.at(packed, start);
      switch (this) {
        case Q4_0 -> fours(packed, start + 2, scale, values, first);
        case Q4_1 -> fours(packed, start + 4, scale, Halves.at(packed, start + 2), values, first);
        case Q5_0 -> fives(packed, start + 2, scale, values, first);
        case Q5_1 -> fives(packed, start + 4, scale, Halves.at(packed, start + 2), values, first);
        case Q8_0 -> {
          for (int i = 0; i < ELEMENTS; i++) {
            values[first + i] = packed[start + 2 + i] * scale;
          }
        }
      }
    }
  }

  private static void fours(byte[] packed, int start, float scale, float[] values, int at) {
    for (int i = 0; i < HALF; i++) {
      int both = packed[start + i];
      values[at + i] = scale * (lower(both) - 8);
      values[at + HALF + i] = scale * (upper(both) - 8);
    }
  }

  private static void fours(
      byte[] packed, int start, float scale, float offset, float[] values, int at) {
    for (int i = 0; i < HALF; i++) {
      int both = packed[start + i];
      values[at + i] = scale * lower(both) + offset;
      values[at + HALF + i] = scale * upper(both) + offset;
    }
  }

  private static void fives(byte[] packed, int start, float scale, float[] values, int at) {
    int fifths = word(packed, start);
    for (int i = 0; i < HALF; i++) {
      int both = packed[start + Integer.BYTES + i];
      values[at + i] = scale * ((lower(both) | fifth(fifths, i)) - 16);
      values[at + HALF + i] = scale * ((upper(both) | fifth(fifths, HALF + i)) - 16);
    }
  }

  private static void fives(
      byte[] packed, int start, float scale, float offset, float[] values, int at) {
    int fifths = word(packed, start);
    for (int i = 0; i < HALF; i++) {
      int both = packed[start + Integer.BYTES + i];
      values[at + i] = scale * (lower(both) | fifth(fifths, i)) + offset;
      values[at + HALF + i] = scale * (upper(both) | fifth(fifths, HALF + i)) + offset;
    }
  }

  private static int lower(int both) {
    return both & 15;
  }

  private static int upper(int both) {
    return (both >> 4) & 15;
  }

  private static int fifth(int fifths, int number) {
    return ((fifths >> number) & 1) << 4;
  }

  private static int word(byte[] packed, int start) {
    return Byte.toUnsignedInt(packed[start])
        | (Byte.toUnsignedInt(packed[start + 1]) << 8)
        | (Byte.toUnsignedInt(packed[start + 2]) << 16)
        | (packed[start + 3] << 24);
  }
}
