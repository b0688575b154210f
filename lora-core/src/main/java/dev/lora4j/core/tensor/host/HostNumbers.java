package dev.lora4j.core.tensor.host;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.TensorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers of any common type on the Java heap, where no engine is at hand. */
final class HostNumbers {
  /** Four lanes of 16 bits: 1 in each, the top bit of each, and all bits below it. */
  private static final long ONES = 0x0001000100010001L;

  private static final long TOPS = 0x8000800080008000L;
  private static final long LOWER = 0x7fff7fff7fff7fffL;

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
  static float half(short bits) {
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

  /**
   * The numbers in a floating-point type, each rounded once, to even; too large ones to infinity.
   */
  static ByteBuffer bytes(DType type, double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(type.bytes(values.length)));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (type) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat((float) value);
        case F16 -> bytes.putShort(narrow(value, 10, 15));
        case BF16 -> bytes.putShort(narrow(value, 7, 127));
        default -> throw new TensorException("Numbers of type " + type + " are not written here.");
      }
    }
    return bytes.flip();
  }

  /** A number in 16 bits, of which {@code fraction} are behind the point. */
  private static short narrow(double value, int fraction, int bias) {
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    int infinity = (2 * bias + 1) << fraction;
    double size = Math.abs(value);
    if (Double.isNaN(value)) {
      return (short) (sign | infinity | 1 << (fraction - 1));
    }
    // Below the smallest exponent, numbers lie as close together as at it.
    int exponent = Math.max(Math.getExponent(size), 1 - bias);
    if (exponent > bias) {
      return (short) (sign | infinity);
    }
    int steps = (int) Math.rint(Math.scalb(size, fraction - exponent));
    // Counted in steps, numbers follow each other across exponents, up to infinity.
    int normal = steps - (1 << fraction) + ((exponent + bias) << fraction);
    boolean subnormal = steps < 1 << fraction;
    return (short) (sign | (subnormal ? steps : normal));
  }

  /** Tests for finite numbers: all exponent bits set mean infinity or NaN, in every IEEE type. */
  static boolean finite(DType type, ByteBuffer bytes) {
    return switch (type) {
      case F64 -> {
        boolean finite = true;
        while (finite && bytes.hasRemaining()) {
          finite = (bytes.getLong() & 0x7ff0000000000000L) != 0x7ff0000000000000L;
        }
        yield finite;
      }
      case F32 -> singles(bytes);
      case F16 -> shorts(bytes, 0x7c00);
      case BF16 -> shorts(bytes, 0x7f80);
      case F8_E5M2 -> octets(bytes, 0x7c, 0x7c);
      case F8_E4M3 -> octets(bytes, 0x7f, 0x7f);
      case F8_E4M3FNUZ, F8_E5M2FNUZ -> octets(bytes, 0xff, 0x80);
      default -> true;
    };
  }

  /** The test for F32, two numbers at a time. */
  private static boolean singles(ByteBuffer bytes) {
    long masks = 0x7f8000007f800000L;
    long apart = 0x8000000080000000L;
    int at = bytes.position();
    for (int last = bytes.limit() - Long.BYTES; at <= last; at += Long.BYTES) {
      apart &= ((bytes.getLong(at) & masks) ^ masks) + 0x7fffffff7fffffffL;
    }
    boolean finite = (apart & 0x8000000080000000L) == 0x8000000080000000L;
    for (; finite && at < bytes.limit(); at += Float.BYTES) {
      finite = (bytes.getInt(at) & 0x7f800000) != 0x7f800000;
    }
    return finite;
  }

  /**
   * Returns true if no number has all bits of {@code mask}, the exponent; four numbers at a time.
   */
  private static boolean shorts(ByteBuffer bytes, int mask) {
    long masks = mask * ONES;
    long apart = TOPS;
    int at = bytes.position();
    for (int last = bytes.limit() - Long.BYTES; at <= last; at += Long.BYTES) {
      // A lane is 0 where all bits of the mask are set; adding 7fff to any other sets its top bit,
      // and none overflows into the next, as masks leave the top bit out.
      apart &= ((bytes.getLong(at) & masks) ^ masks) + LOWER;
    }
    boolean finite = (apart & TOPS) == TOPS;
    for (; finite && at < bytes.limit(); at += Short.BYTES) {
      finite = (bytes.getShort(at) & mask) != mask;
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
