package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradients of some batches of a step, added up in their order.
 *
 * @param sum of the gradients of the batches, each times its share of the step, [n]
 * @param batches what was measured of each of them, in order
 */
public record GradientShare(HostTensor sum, List<Measured> batches) {
  /**
   * What was measured of a batch.
   *
   * @param loss before the step
   * @param measures numbers beside the loss, by their names, in order; NaN where there is none
   */
  public record Measured(float loss, Map<String, Double> measures) {
    /** Copies the measures, in their order. */
    public Measured {
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }
  }

  /** Copies the list. */
  public GradientShare {
    batches = List.copyOf(batches);
  }

  /**
   * The gradients of this share and of the one whose batches follow. Sums depend on the order in
   * which they are formed, so shares are joined in the order of their batches.
   *
   * @throws IllegalArgumentException if the gradients differ in type or number
   */
  public GradientShare followedBy(GradientShare other) {
    if (other.sum.dtype() != sum.dtype() || !other.sum.shape().equals(sum.shape())) {
      throw new IllegalArgumentException(
          "One share of a step has gradients " + sum + ", another " + other.sum + ".");
    }
    List<Measured> all = new ArrayList<>(batches);
    all.addAll(other.batches);
    return new GradientShare(plus(sum, other.sum), all);
  }

  /** The sum of two gradients, rounded as in their type. */
  static HostTensor plus(HostTensor a, HostTensor b) {
    if (a.dtype() == DType.F64) {
      double[] left = a.doubles();
      double[] right = b.doubles();
      for (int i = 0; i < left.length; i++) {
        left[i] += right[i];
      }
      return HostTensor.of(DType.F64, a.shape(), left);
    }
    float[] left = a.floats();
    float[] right = b.floats();
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    return HostTensor.of(a.shape(), left);
  }

  /** A gradient times its share of a step, both rounded as in the gradient's type. */
  static HostTensor times(HostTensor gradient, double share) {
    if (gradient.dtype() == DType.F64) {
      double[] values = gradient.doubles();
      for (int i = 0; i < values.length; i++) {
        values[i] *= share;
      }
      return HostTensor.of(DType.F64, gradient.shape(), values);
    }
    float[] values = gradient.floats();
    float rounded = (float) share;
    for (int i = 0; i < values.length; i++) {
      values[i] *= rounded;
    }
    return HostTensor.of(gradient.shape(), values);
  }
}
