package dev.lora4j.core.tensor;

import java.util.Arrays;

/**
 * Element types, named as in safetensors files.
 *
 * <p>The toolkit has its own enumeration because the engine's does not know bf16 or fp8, and
 * because a file may hold types that no engine can compute with (fp6, fp4).
 */
public enum DType {
  BOOL(8, 11),
  F4(4, -1),
  F6_E2M3(6, -1),
  F6_E3M2(6, -1),
  U8(8, 0),
  I8(8, 1),
  F8_E5M2(8, 23),
  F8_E4M3(8, 24),
  F8_E8M0(8, -1),
  F8_E4M3FNUZ(8, 26),
  F8_E5M2FNUZ(8, 25),
  I16(16, 2),
  U16(16, 27),
  F16(16, 5),
  BF16(16, 15),
  I32(32, 3),
  U32(32, 28),
  F32(32, 6),
  C64(64, 9),
  F64(64, 7),
  I64(64, 4),
  U64(64, 29);

  private final int bits;
  private final int aten;

  DType(int bits, int aten) {
    this.bits = bits;
    this.aten = aten;
  }

  /** Width of one element in bits; below 8 for the packed types. */
  public int bits() {
    return bits;
  }

  /**
   * Bytes that {@code elements} elements take.
   *
   * @throws ArithmeticException if the count overflows or does not end on a byte boundary
   */
  public long bytes(long elements) {
    long total = Math.multiplyExact(elements, (long) bits);
    if (total % 8 != 0) {
      throw new ArithmeticException(elements + " elements of " + this + " do not fill whole bytes");
    }
    return total / 8;
  }

  /** The number of this type in ATen's {@code ScalarType}, as program text names it. */
  public int aten() {
    if (aten < 0) {
      throw new TensorException("No engine computes with " + this + "; convert the tensor first.");
    }
    return aten;
  }

  /** Returns true if the engine can hold a tensor of this type. */
  public boolean computable() {
    return aten >= 0;
  }

  /** Returns true if this is a real floating-point type, of any width. */
  public boolean floating() {
    return name().startsWith("F") || this == BF16;
  }

  /** The type with ATen number {@code code}. */
  public static DType ofAten(int code) {
    return Arrays.stream(values())
        .filter(d -> d.aten == code)
        .findFirst()
        .orElseThrow(() -> new TensorException("Unknown ATen scalar type " + code + "."));
  }
}
