package dev.lora4j.core.gguf.block;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;

/** Tables of what a byte holds: looked up by the byte, they unpack it in a program. */
enum ByteTable {
  /** The lower four bits. */
  LOWER(1),
  /** The upper four bits. */
  UPPER(1),
  /** Four numbers of two bits, the lowest first. */
  PAIRS(4),
  /** Eight bits, the lowest first. */
  BITS(8),
  /** The number of {@link TableBlock#UNEVEN} for the lower four bits. */
  UNEVEN_LOWER(1),
  /** The number of {@link TableBlock#UNEVEN} for the upper four bits. */
  UNEVEN_UPPER(1),
  /** The number of {@link TableBlock#E2M1} for the lower four bits. */
  E2M1_LOWER(1),
  /** The number of {@link TableBlock#E2M1} for the upper four bits. */
  E2M1_UPPER(1),
  /** Half of a power of two (E8M0). */
  HALF_POWER(1);

  private static final int BYTES = 256;

  private final int width;

  ByteTable(int width) {
    this.width = width;
  }

  /** Numbers that a byte stands for. */
  int width() {
    return width;
  }

  /** The table F32 [256], or [256, width]. */
  HostTensor tensor() {
    float[] all = new float[BYTES * width];
    for (int i = 0; i < all.length; i++) {
      all[i] = value(i / width, i % width);
    }
    return HostTensor.of(width == 1 ? Shape.of(BYTES) : Shape.of(BYTES, width), all);
  }

  private float value(int bits, int i) {
    return switch (this) {
      case LOWER -> bits & 15;
      case UPPER -> bits >> 4;
      case PAIRS -> (bits >> (2 * i)) & 3;
      case BITS -> (bits >> i) & 1;
      case UNEVEN_LOWER -> TableBlock.UNEVEN[bits & 15];
      case UNEVEN_UPPER -> TableBlock.UNEVEN[bits >> 4];
      case E2M1_LOWER -> TableBlock.E2M1[bits & 15];
      case E2M1_UPPER -> TableBlock.E2M1[bits >> 4];
      case HALF_POWER -> TableBlock.halfPower((byte) bits);
    };
  }
}
