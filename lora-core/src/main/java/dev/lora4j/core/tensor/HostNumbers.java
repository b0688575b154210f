package dev.lora4j.core.tensor;

import java.nio.ByteBuffer;

/** Reads numbers of any common type on the Java heap, where no engine is at hand. */
final class HostNumbers {
  private HostNumbers() {}

  static double[] of(DType type, ByteBuffer bytes, int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = next(type, bytes);
    }
    return values;
  }

  private static double next(DType type, ByteBuffer bytes) {
    return switch (type) {
      case F64 -> bytes.getDouble();
      case F32 -> bytes.getFloat();
      case F16 -> half(bytes.getShort());
      case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
      case I64 -> bytes.getLong();
      case I32 -> bytes.getInt();
      case I16 -> bytes.getShort();
      case I8 -> bytes.get();
      case U8 -> Byte.toUnsignedInt(bytes.get());
      case U16 -> Short.toUnsignedInt(bytes.getShort());
      case U32 -> Integer.toUnsignedLong(bytes.getInt());
      case F8_E5M2 -> half((short) (bytes.get() << Byte.SIZE));
      case F8_E4M3 -> octet(bytes.get(), 3, 7, 0x7f);
      case F8_E4M3FNUZ -> octet(bytes.get(), 3, 8, -1);
      case F8_E5M2FNUZ -> octet(bytes.get(), 2, 16, -1);
      case BOOL -> bytes.get() == 0 ? 0 : 1;
      default -> throw new TensorException("Numbers of type " + type + " are not read here.");
    };
  }

  /** IEEE 754 binary16 to float. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    float fraction = (bits & 0x3ff) / 1024f;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb(fraction, -14);
          case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1 + fraction, exponent - 15);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  /**
   * A number of 8 bits without infinities.
   *
   * @param fraction bits of the fraction
   * @param notANumber what all bits but the sign are in NaN; -1 where the negative zero is NaN
   */
  private static double octet(byte bits, int fraction, int bias, int notANumber) {
    int magnitude = bits & 0x7f;
    if (magnitude == notANumber || (notANumber < 0 && bits == Byte.MIN_VALUE)) {
      return Double.NaN;
    }
    int exponent = magnitude >> fraction;
    double rest = (magnitude & ((1 << fraction) - 1)) / (double) (1 << fraction);
    double value =
        exponent == 0 ? Math.scalb(rest, 1 - bias) : Math.scalb(1 + rest, exponent - bias);
    return bits < 0 ? -value : value;
  }

  /** All exponent bits set mean infinity or NaN, in every IEEE type. */
  static boolean finite(DType type, ByteBuffer bytes) {
    return switch (type) {
      case F64 -> {
        boolean finite = true;
        while (finite && bytes.hasRemaining()) {
          finite = (bytes.getLong() & 0x7ff0000000000000L) != 0x7ff0000000000000L;
        }
        yield finite;
      }
      case F32 -> {
        boolean finite = true;
        while (finite && bytes.hasRemaining()) {
          finite = (bytes.getInt() & 0x7f800000) != 0x7f800000;
        }
        yield finite;
      }
      case F16 -> shorts(bytes, 0x7c00);
      case BF16 -> shorts(bytes, 0x7f80);
      case F8_E5M2 -> octets(bytes, 0x7c, 0x7c);
      case F8_E4M3 -> octets(bytes, 0x7f, 0x7f);
      case F8_E4M3FNUZ, F8_E5M2FNUZ -> octets(bytes, 0xff, 0x80);
      default -> true;
    };
  }

  private static boolean shorts(ByteBuffer bytes, int mask) {
    boolean finite = true;
    while (finite && bytes.hasRemaining()) {
      finite = (bytes.getShort() & mask) != mask;
    }
    return finite;
  }

  private static boolean octets(ByteBuffer bytes, int mask, int forbidden) {
    boolean finite = true;
    while (finite && bytes.hasRemaining()) {
      finite = (bytes.get() & mask) != forbidden;
    }
    return finite;
  }
}
