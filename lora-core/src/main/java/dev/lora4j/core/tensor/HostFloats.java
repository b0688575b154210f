package dev.lora4j.core.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Many numbers of F32, F16 or BF16 at once, as Java's floats: a few instructions for each. */
final class HostFloats {
  /** All numbers of F16; a load is faster than to take each apart. */
  private static final class Halves {
    static final float[] ALL = all();

    private static float[] all() {
      float[] all = new float[1 << Short.SIZE];
      for (int i = 0; i < all.length; i++) {
        all[i] = HostNumbers.half((short) i);
      }
      return all;
    }
  }

  /** Numbers between two copies: few enough to stay in the nearest cache. */
  private static final int CHUNK = 1 << 12;

  private HostFloats() {}

  /** Writes all remaining numbers of {@code source} into {@code target}, from {@code at} on. */
  static void read(DType type, ByteBuffer source, float[] target, int at) {
    ByteBuffer little = source.order(ByteOrder.LITTLE_ENDIAN);
    if (type == DType.F32) {
      little.asFloatBuffer().get(target, at, little.remaining() / Float.BYTES);
      return;
    }
    requireHalf(type);
    ShortBuffer shorts = little.asShortBuffer();
    int count = shorts.remaining();
    if (type == DType.F16) {
      float[] halves = Halves.ALL;
      for (int i = 0; i < count; i++) {
        target[at + i] = halves[shorts.get(i) & 0xffff];
      }
    } else {
      for (int i = 0; i < count; i++) {
        target[at + i] = Float.intBitsToFloat(shorts.get(i) << Short.SIZE);
      }
    }
  }

  /** Adds all remaining numbers of {@code source}, each times a factor, to {@code target}. */
  static void add(DType type, ByteBuffer source, float[] target, float factor) {
    ByteBuffer little = source.order(ByteOrder.LITTLE_ENDIAN);
    if (type == DType.F32) {
      FloatBuffer floats = little.asFloatBuffer();
      int count = floats.remaining();
      for (int i = 0; i < count; i++) {
        target[i] += floats.get(i) * factor;
      }
      return;
    }
    requireHalf(type);
    ShortBuffer shorts = little.asShortBuffer();
    int count = shorts.remaining();
    if (type == DType.F16) {
      float[] halves = Halves.ALL;
      for (int i = 0; i < count; i++) {
        target[i] += halves[shorts.get(i) & 0xffff] * factor;
      }
    } else {
      for (int i = 0; i < count; i++) {
        target[i] += Float.intBitsToFloat(shorts.get(i) << Short.SIZE) * factor;
      }
    }
  }

  /** The numbers in a type, each rounded once, to even; too large ones to infinity. */
  static byte[] bytes(DType type, float... values) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(values.length))];
    ByteBuffer little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (type == DType.F32) {
      little.asFloatBuffer().put(values);
      return bytes;
    }
    requireHalf(type);
    short[] chunk = new short[CHUNK];
    ShortBuffer shorts = little.asShortBuffer();
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      if (type == DType.F16) {
        for (int i = 0; i < count; i++) {
          chunk[i] = half(values[from + i]);
        }
      } else {
        for (int i = 0; i < count; i++) {
          chunk[i] = upper(values[from + i]);
        }
      }
      shorts.put(chunk, 0, count);
    }
    return bytes;
  }

  /** To IEEE 754 binary16. */
  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int size = bits & 0x7fffffff;
    if (size >= 0x47800000) {
      return (short) (sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00));
    }
    if (size < 0x38800000) {
      // Next to a half, F32 has the steps that F16 has below its smallest exponent.
      int steps = Float.floatToRawIntBits(Float.intBitsToFloat(size) + 0.5f);
      return (short) (sign | (steps - 0x3f000000));
    }
    // Half a step less one, and one more where the last bit that stays is set: nearest, to even.
    int rounded = size - ((127 - 15) << 23) + 0xfff + ((size >>> 13) & 1);
    return (short) (sign | (rounded >>> 13));
  }

  /** To BF16. */
  private static short upper(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (((bits >>> 16) & 0x8000) | 0x7fc0);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private static void requireHalf(DType type) {
    if (type != DType.F16 && type != DType.BF16) {
      throw new TensorException(
          "Numbers of type " + type + " are not read or written as floats; F32, F16 and BF16 are.");
    }
  }
}
