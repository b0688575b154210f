package dev.lora4j.core.adapter.randlora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.MersenneTwister;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sparse matrices of RandLoRA as PEFT draws them, by PyTorch's generator of CPUs and first the
 * one of the smaller side: -1, 0 and 1, divided by their standard deviation.
 */
final class RandloraDraw {
  private static final int SPARSITY = 3;

  private RandloraDraw() {}

  /**
   * Both matrices, by role.
   *
   * @param one any of the layers
   * @throws AdapterException if they are not sparse, or too large to be held
   */
  static SortedMap<String, HostTensor> of(
      MersenneTwister random, SiteTensors one, List<SiteTensors> layers) {
    long rank = one.size(RandloraMethod.DIRECTIONS, 0);
    RandloraSizes sizes = RandloraSizes.of(layers.stream().map(SiteTensors::site).toList(), rank);
    Shape a = sizes.a();
    Shape b = sizes.b();
    boolean very = one.flag(RandloraMethod.VERY_SPARSE, false);
    if (!very && !one.flag(RandloraMethod.SPARSE, false)) {
      throw new AdapterException(
          "The file has no base_model.randlora_A and base_model.randlora_B, and PEFT draws them in"
              + " BF16 or F16, whichever the machine of the training had. Load the adapter by PEFT"
              + " there, and save it again with save_projection = true.");
    }
    double sparsity = very ? Math.sqrt((double) a.size(2)) : SPARSITY;
    SortedMap<String, HostTensor> both = new TreeMap<>();
    for (String role : List.of(RandloraMethod.A, RandloraMethod.B)) {
      Shape shape = role.equals(RandloraMethod.A) ? a : b;
      requireSize(role, shape);
      float[] values = new float[Math.toIntExact(shape.elements())];
      signs(values, random, sparsity);
      float deviation = deviation(values);
      for (int i = 0; i < values.length; i++) {
        values[i] /= deviation;
      }
      both.put(role, HostTensor.of(shape, values));
    }
    return both;
  }

  private static void requireSize(String role, Shape shape) {
    double elements = 1;
    for (long size : shape.sizes()) {
      elements *= size;
    }
    if (elements * Float.BYTES > Integer.MAX_VALUE) {
      throw new AdapterException(role + " " + shape + " of RandLoRA is too large to be drawn.");
    }
  }

  private static void signs(float[] values, MersenneTwister random, double sparsity) {
    float low = (float) (1 / (2 * sparsity));
    float high = (float) (1 - 1 / (2 * sparsity));
    for (int i = 0; i < values.length; i++) {
      float drawn = random.uniform();
      values[i] = drawn > high ? 1 : drawn < low ? -1 : 0;
    }
  }

  private static float deviation(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    double mean = (float) (sum / values.length);
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return (float) Math.sqrt(squares / (values.length - 1));
  }
}
