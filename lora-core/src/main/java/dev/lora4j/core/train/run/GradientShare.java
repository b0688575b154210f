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
   * Measurements of a batch.
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
    return new GradientShare(added(sum, other.sum, 1), all);
  }

  /** A sum with one more gradient times its share, all rounded as in their type. */
  static HostTensor added(HostTensor sum, HostTensor gradient, double share) {
    if (sum.dtype() != DType.F64) {
      return HostTensor.sum(sum.dtype(), List.of(sum, gradient), 1, (float) share);
    }
    double[] values = sum.doubles();
    double[] more = gradient.doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] += more[i] * share;
    }
    return HostTensor.of(DType.F64, sum.shape(), values);
  }
}
