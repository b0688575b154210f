package dev.lora4j.core.tensor.host;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;

/** Many numbers of F32, F16 or BF16 at once, as Java's floats: a few instructions for each. */
final class HostFloats {
  /** Table of all F16 numbers; a look-up is faster than taking each apart. */
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

  /** Numbers that are added at once: few enough to stay in the nearest cache. */
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
    write(type, values, values.length, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Writes the first numbers in a type, rounded likewise, and moves the position behind them. */
  static void write(DType type, float[] values, int count, ByteBuffer target) {
    ByteBuffer little = target.order(ByteOrder.LITTLE_ENDIAN);
    int end = target.position() + Math.toIntExact(type.bytes(count));
    if (type == DType.F32) {
      little.asFloatBuffer().put(values, 0, count);
    } else {
      requireHalf(type);
      ShortBuffer shorts = little.asShortBuffer();
      for (int i = 0; i < count; i++) {
        shorts.put(i, type == DType.F16 ? half(values[i]) : upper(values[i]));
      }
    }
    target.position(end);
  }

  /**
   * The sum of tensors of as many numbers, each times its factor, in a type. Some numbers of all
   * are added before the next, so that nothing but the result takes memory.
   */
  static HostTensor sum(DType type, List<HostTensor> terms, float... factors) {
    Shape shape = terms.get(0).shape();
    int count = Math.toIntExact(shape.elements());
    HostTensorWriter result = new HostTensorWriter(type, shape);
    float[] chunk = new float[Math.min(CHUNK, count)];
    for (int from = 0; from < count; from += CHUNK) {
      int some = Math.min(CHUNK, count - from);
      Arrays.fill(chunk, 0);
      for (int i = 0; i < terms.size(); i++) {
        DType stored = terms.get(i).dtype();
        add(stored, terms.get(i).bytes(from, some), chunk, factors[i]);
      }
      result.put(chunk, some);
    }
    return result.tensor();
  }

  /** Rounds to IEEE 754 binary16. */
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

  /** Rounds to BF16. */
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
