package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;

/** Fills untrained weights. Each depends only on the seed and on its own name. */
public final class Initialiser {
  private static final double EMBEDDING_DEVIATION = 0.02;

  private Initialiser() {}

  /** The first values of a flat buffer of this layout. */
  public static float[] fill(FlatLayout layout, long seed) {
    float[] flat = new float[Math.toIntExact(layout.length())];
    double fanIn = 1;
    for (Slot slot : layout.slots()) {
      Parameter parameter = slot.parameter();
      if (parameter.init() == Parameter.Init.KAIMING) {
        fanIn = fanIn(parameter.shape());
      }
      int from = Math.toIntExact(slot.offset());
      int to = Math.toIntExact(from + parameter.shape().elements());
      fill(flat, from, to, parameter, fanIn, seed);
    }
    return flat;
  }

  private static void fill(
      float[] flat, int from, int to, Parameter parameter, double fanIn, long seed) {
    SeededNoise noise = SeededNoise.of(seed, parameter.name().hashCode());
    double bound = 1 / Math.sqrt(fanIn);
    switch (parameter.init()) {
      case ONES -> Arrays.fill(flat, from, to, 1f);
      case ZEROS -> Arrays.fill(flat, from, to, 0f);
      case EMBEDDING -> {
        for (int i = from; i < to; i++) {
          flat[i] = (float) (noise.gaussian() * EMBEDDING_DEVIATION);
        }
      }
      case KAIMING, BIAS -> {
        // A bias follows its weight, and is bounded by the weight's fan-in.
        for (int i = from; i < to; i++) {
          flat[i] = (float) ((noise.uniform() * 2 - 1) * bound);
        }
      }
    }
  }

  private static double fanIn(Shape shape) {
    return shape.elements() / (double) Math.max(1, shape.size(0));
  }
}
