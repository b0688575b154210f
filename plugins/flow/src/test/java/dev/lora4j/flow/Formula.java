package dev.lora4j.flow;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.charset.StandardCharsets;

/**
 * Numbers that are a formula of a tensor's name and their index; lora-diffusion's {@code
 * formula.py} is the same in Python.
 */
public final class Formula {
  private Formula() {}

  /** A tensor with numbers in [-scale, scale). */
  public static Tensor tensor(Scope scope, String name, Shape shape, float scale) {
    return Tensor.of(scope, shape, scaled(name, shape, scale, 0));
  }

  /** A weight: kernels that keep the scale of what goes through, norms around 1, small biases. */
  public static Tensor weight(Scope scope, String name, Shape shape) {
    if (shape.rank() == 1) {
      boolean norm = name.endsWith(".weight");
      return Tensor.of(scope, shape, scaled(name, shape, norm ? 0.2f : 0.1f, norm ? 1 : 0));
    }
    double kept = Math.sqrt(3.0 * shape.size(0) / shape.elements());
    return Tensor.of(scope, shape, scaled(name, shape, (float) kept, 0));
  }

  private static float[] scaled(String name, Shape shape, float scale, float centre) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    long seed = seed(name);
    for (int i = 0; i < values.length; i++) {
      values[i] = centre + number(seed, i) * scale;
    }
    return values;
  }

  /** FNV-1a of 64 bits. */
  private static long seed(String name) {
    long value = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      value = (value ^ (b & 0xff)) * 0x100000001B3L;
    }
    return value;
  }

  /** 24 bits in [-1, 1): the mixing of SplitMix64. */
  private static float number(long seed, int index) {
    long z = seed + index * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 40) * 0x1p-23f - 1;
  }
}
