package dev.lora4j.core.gguf.block;

/**
 * 256 numbers in sub-blocks of 16 or 32 ("K-quants"). Each sub-block has a scale of 4 to 8 bits,
 * which a scale of the whole block multiplies.
 */
public enum SuperBlock implements BlockType {
  /** 16 sub-blocks with scales and offsets of 4 bits; 2 bits each. */
  Q2_K(84),
  /** 16 sub-blocks with scales of 6 bits; 3 bits each, the highest apart. */
  Q3_K(110),
  /** 8 sub-blocks with scales and offsets of 6 bits; 4 bits each. */
  Q4_K(144),
  /** As {@link #Q4_K}, with fifth bits apart. */
  Q5_K(176),
  /** 16 sub-blocks with scales of 8 bits; 6 bits each, the two highest apart. */
  Q6_K(210);

  private static final int ELEMENTS = 256;

  private final int bytes;

  SuperBlock(int bytes) {
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
      switch (this) {
        case Q2_K -> twos(packed, start, values, first);
        case Q3_K -> threes(packed, start, values, first);
        case Q4_K -> foursAndFives(packed, start, 0, values, first);
        case Q5_K -> foursAndFives(packed, start, 32, values, first);
        case Q6_K -> sixes(packed, start, values, first);
      }
    }
  }

  /** Scales 16, numbers 64, scale, scale of offsets. */
  private static void twos(byte[] packed, int start, float[] values, int first) {
    float scale = Halves.at(packed, start + 80);
    float least = Halves.at(packed, start + 82);
    for (int sub = 0; sub < 16; sub++) {
      int scales = packed[start + sub];
      float d = scale * (scales & 15);
      float m = least * ((scales >> 4) & 15);
      // Four pairs of sub-blocks share 32 bytes, two bits each.
      int from = start + 16 + sub / 8 * 32 + sub % 2 * 16;
      int shift = sub / 2 % 4 * 2;
      int at = first + sub * 16;
      for (int i = 0; i < 16; i++) {
        values[at + i] = d * ((packed[from + i] >> shift) & 3) - m;
      }
    }
  }

  /** Highest bits 32, numbers 64, scales 12, scale. */
  private static void threes(byte[] packed, int start, float[] values, int first) {
    float scale = Halves.at(packed, start + 108);
    for (int sub = 0; sub < 16; sub++) {
      int low = (packed[start + 96 + sub % 8] >> (sub / 8 * 4)) & 15;
      int high = (packed[start + 104 + sub % 4] >> (sub / 4 * 2)) & 3;
      float d = scale * ((low | (high << 4)) - 32);
      int from = start + 32 + sub / 8 * 32 + sub % 2 * 16;
      int shift = sub / 2 % 4 * 2;
      int top = start + sub % 2 * 16;
      int bit = sub / 2;
      int at = first + sub * 16;
      for (int i = 0; i < 16; i++) {
        // Where the highest bit is set, nothing is taken away.
        int less = ((packed[top + i] >> bit) & 1) == 0 ? 4 : 0;
        values[at + i] = d * (((packed[from + i] >> shift) & 3) - less);
      }
    }
  }

  /**
   * Scale, scale of offsets, scales 12, fifth bits 0 or 32, numbers 128.
   *
   * @param fifths bytes of the fifth bits
   */
  private static void foursAndFives(
      byte[] packed, int start, int fifths, float[] values, int first) {
    float scale = Halves.at(packed, start);
    float least = Halves.at(packed, start + 2);
    for (int sub = 0; sub < 8; sub++) {
      float d = scale * sixBits(packed, start + 4, start + 4, sub, 0);
      float m = least * sixBits(packed, start + 4, start + 8, sub, 4);
      int from = start + 16 + fifths + sub / 2 * 32;
      int shift = sub % 2 * 4;
      int at = first + sub * 32;
      if (fifths == 0) {
        for (int i = 0; i < 32; i++) {
          values[at + i] = d * ((packed[from + i] >> shift) & 15) - m;
        }
      } else {
        for (int i = 0; i < 32; i++) {
          int fifth = ((packed[start + 16 + i] >> sub) & 1) << 4;
          values[at + i] = d * (((packed[from + i] >> shift) & 15) | fifth) - m;
        }
      }
    }
  }

  /**
   * The scale or offset of a sub-block. Those of the first four are the lower six bits of four
   * bytes; those of the others have their lower four bits in the last four bytes of all, and the
   * upper two where the first four left room.
   */
  private static int sixBits(byte[] packed, int all, int own, int sub, int shift) {
    if (sub < 4) {
      return packed[own + sub] & 63;
    }
    int lower = (packed[all + 4 + sub] >> shift) & 15;
    return lower | ((packed[own + sub - 4] >> 2) & 48);
  }

  /** Lower four bits 128, upper two bits 64, scales 16, scale. */
  private static void sixes(byte[] packed, int start, float[] values, int first) {
    float scale = Halves.at(packed, start + 208);
    for (int sub = 0; sub < 16; sub++) {
      float d = scale * packed[start + 192 + sub];
      int half = sub / 8;
      int from = start + half * 64 + sub % 4 * 16;
      int shift = sub / 4 % 2 * 4;
      int top = start + 128 + half * 32 + sub % 2 * 16;
      int topShift = sub / 2 % 4 * 2;
      int at = first + sub * 16;
      for (int i = 0; i < 16; i++) {
        int low = (packed[from + i] >> shift) & 15;
        int high = (packed[top + i] >> topShift) & 3;
        values[at + i] = d * ((low | (high << 4)) - 32);
      }
    }
  }
}
