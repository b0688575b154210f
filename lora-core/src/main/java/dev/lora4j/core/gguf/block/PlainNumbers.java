package dev.lora4j.core.gguf.block;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers that are not packed: a block is a single one. */
public enum PlainNumbers implements BlockType {
  /** 32 bits, IEEE 754. */
  F32(Float.BYTES),
  /** 16 bits, IEEE 754. */
  F16(Short.BYTES),
  /** The upper 16 bits of F32. */
  BF16(Short.BYTES);

  private final int bytes;

  PlainNumbers(int bytes) {
    this.bytes = bytes;
  }

  @Override
  public int elements() {
    return 1;
  }

  @Override
  public int bytes() {
    return bytes;
  }

  @Override
  public void dequantize(byte[] packed, int from, int blocks, float[] values, int at) {
    switch (this) {
      case F32 ->
          ByteBuffer.wrap(packed, from, blocks * bytes)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(values, at, blocks);
      case F16 -> {
        for (int i = 0; i < blocks; i++) {
          values[at + i] = Halves.at(packed, from + i * Short.BYTES);
        }
      }
      case BF16 -> {
        for (int i = 0; i < blocks; i++) {
          int place = from + i * Short.BYTES;
          int upper = (packed[place + 1] << Byte.SIZE) | Byte.toUnsignedInt(packed[place]);
          values[at + i] = Float.intBitsToFloat(upper << Short.SIZE);
        }
      }
    }
  }
}
