package dev.lora4j.core.adapter.vera;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.MersenneTwister;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The two matrices of VeRA as PEFT draws them: by PyTorch's generator of CPUs, first the one of the
 * inputs, each uniform within {@code sqrt(6 / columns)}.
 */
final class VeraDraw {
  private VeraDraw() {}

  /**
   * Both matrices, by role, as large as the largest of the layers needs.
   *
   * @throws AdapterException if they are too large to be held
   */
  static SortedMap<String, HostTensor> of(
      MersenneTwister random, long rank, Collection<Site> layers) {
    long in = layers.stream().mapToLong(Site::in).max().orElseThrow();
    long out = layers.stream().mapToLong(Site::out).max().orElseThrow();
    SortedMap<String, HostTensor> both = new TreeMap<>();
    both.put(VeraMethod.A, kaiming(Shape.of(rank, in), random));
    both.put(VeraMethod.B, kaiming(Shape.of(out, rank), random));
    return both;
  }

  private static HostTensor kaiming(Shape shape, MersenneTwister random) {
    if (shape.size(0) > Integer.MAX_VALUE / Float.BYTES / shape.size(1)) {
      throw new AdapterException(
          "VeRA of rank "
              + Math.min(shape.size(0), shape.size(1))
              + " has a matrix "
              + shape
              + ", which is too large to be drawn.");
    }
    double deviation = Math.sqrt(2) / Math.sqrt((double) shape.size(1));
    float bound = (float) (Math.sqrt(3.0) * deviation);
    float width = bound - -bound;
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      // PyTorch's kernels for processors with AVX2 round once here.
      values[i] = Math.fma(random.uniform(), width, -bound);
    }
    return HostTensor.of(shape, values);
  }
}
