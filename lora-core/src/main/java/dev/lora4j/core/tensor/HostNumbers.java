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
