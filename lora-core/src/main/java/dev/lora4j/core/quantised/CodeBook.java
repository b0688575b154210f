package dev.lora4j.core.quantised;

import dev.lora4j.core.identity.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The values that codes stand for: code {@code i} for the {@code i}-th. Equal by their bits.
 *
 * <p>Values of bitsandbytes 0.50: {@code functional.get_4bit_type} and {@code create_dynamic_map}.
 */
public final class CodeBook {
  private static final int DECADES = 7;

  /** Quantiles of the normal distribution (Dettmers et al. 2023, "QLoRA", appendix E). */
  public static final CodeBook NF4 =
      of(
          -1f,
          -0.6961928f,
          -0.52507305f,
          -0.3949175f,
          -0.28444138f,
          -0.18477343f,
          -0.091050036f,
          0f,
          0.0795803f,
          0.1609302f,
          0.2461123f,
          0.33791524f,
          0.44070983f,
          0.562617f,
          0.72295684f,
          1f);

  /** Numbers of two bits of exponent and one of fraction; the bit of 8 is the sign. */
  public static final CodeBook FP4 =
      of(
          0f,
          0.0052083335f,
          0.6666667f,
          1f,
          0.33333334f,
          0.5f,
          0.16666667f,
          0.25f,
          0f,
          -0.0052083335f,
          -0.6666667f,
          -1f,
          -0.33333334f,
          -0.5f,
          -0.16666667f,
          -0.25f);

  private final float[] values;

  private CodeBook(float[] values) {
    this.values = values;
  }

  /**
   * A book of these values.
   *
   * @throws IllegalArgumentException if one is not finite
   */
  public static CodeBook of(float... values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "A table of codes has numbers alone; that of code " + i + " is " + values[i] + ".");
      }
    }
    return new CodeBook(values.clone());
  }

  /**
   * The dynamic map of 8 bits (Dettmers 2016, "8-bit approximations for parallelism"): seven
   * decades up to 1, of which each has twice as many values as the one below.
   *
   * @param signed true for values of both signs; else twice as many from 0 on
   */
  public static CodeBook dynamic(boolean signed) {
    float[] all = new float[256];
    int count = 0;
    for (int decade = 0; decade < DECADES; decade++) {
      int parts = 1 << (signed ? decade : decade + 1);
      float scale = (float) Math.pow(10, decade - DECADES + 1);
      for (int i = 0; i < parts; i++) {
        float middle = scale * ((boundary(parts, i) + boundary(parts, i + 1)) / 2);
        all[count++] = middle;
        if (signed) {
          all[count++] = -middle;
        }
      }
    }
    all[count++] = 0;
    all[count++] = 1;
    float[] sorted = Arrays.copyOf(all, count);
    Arrays.sort(sorted);
    return new CodeBook(sorted);
  }

  /** Boundary i of so many parts of the numbers from 0.1 to 1, as PyTorch's linspace rounds it. */
  private static float boundary(int parts, int i) {
    float step = (1f - 0.1f) / parts;
    return i < (parts + 1) / 2 ? Math.fma(step, i, 0.1f) : Math.fma(-step, parts - i, 1f);
  }

  /** Number of codes. */
  public int size() {
    return values.length;
  }

  /** Value of a code. */
  public float value(int code) {
    return values[code];
  }

  /** All values; a copy. */
  public float[] values() {
    return values.clone();
  }

  /** SHA-256 of the values in hexadecimal. */
  String digest() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Digests.hex(bytes.array());
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof CodeBook b && Arrays.equals(values, b.values));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
