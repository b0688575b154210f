package dev.lora4j.core.gguf.block;

/** Numbers of 4 bits that stand for those of a table, times a scale. */
public enum TableBlock implements BlockType {
  /** 32 numbers with a scale. */
  IQ4_NL(32, 18),
  /** 256 numbers in sub-blocks of 32 with scales of 6 bits, and the table of {@link #IQ4_NL}. */
  IQ4_XS(256, 136),
  /** 32 numbers of E2M1, whose scale is a power of two (E8M0, "microscaling"). */
  MXFP4(32, 17);

  private static final int HALF = 16;

  static final byte[] UNEVEN = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** E2M1, twice as large, so that they are whole. */
  static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private final int elements;
  private final int bytes;

  TableBlock(int elements, int bytes) {
    this.elements = elements;
    this.bytes = bytes;
  }

  @Override
  public int elements() {
    return elements;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public void dequantize(byte[] packed, int from, int blocks, float[] values, int at) {
    for (int block = 0; block < blocks; block++) {
      int start = from + block * bytes;
      int first = at + block * elements;
      switch (this) {
        case IQ4_NL -> look(UNEVEN, Halves.at(packed, start), packed, start + 2, values, first);
        case IQ4_XS -> subBlocks(packed, start, values, first);
        case MXFP4 -> look(E2M1, halfPower(packed[start]), packed, start + 1, values, first);
      }
    }
  }

  /** Scale, upper bits of scales 2, lower bits of scales 4, numbers 128. */
  private static void subBlocks(byte[] packed, int start, float[] values, int first) {
    float scale = Halves.at(packed, start);
    for (int sub = 0; sub < 8; sub++) {
      int high = (packed[start + 2 + sub / 4] >> (sub % 4 * 2)) & 3;
      int low = (packed[start + 4 + sub / 2] >> (sub % 2 * 4)) & 15;
      float d = scale * ((low | (high << 4)) - 32);
      look(UNEVEN, d, packed, start + 8 + sub * HALF, values, first + sub * 2 * HALF);
    }
  }

  private static void look(
      byte[] table, float scale, byte[] packed, int from, float[] values, int at) {
    for (int i = 0; i < HALF; i++) {
      int both = packed[from + i];
      values[at + i] = scale * table[both & 15];
      values[at + HALF + i] = scale * table[(both >> 4) & 15];
    }
  }

  /** Half of a scale in E8M0, {@code 2 ^ (bits - 128)}: its numbers are twice as large. */
  static float halfPower(byte scale) {
    int bits = Byte.toUnsignedInt(scale);
    return Float.intBitsToFloat(bits < 2 ? 0x00200000 << bits : (bits - 1) << 23);
  }
}
