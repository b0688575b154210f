package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/**
 * The canonical shapes of LoKr's tensors, where {@code out = a * b} and {@code in = c * d}: w1 [a,
 * c] or w1_a [a, rank] and w1_b [rank, c]; w2 [b, d, kernel sizes], or w2_a [b, rank] and w2_b
 * [rank, d * kernel], or with a Tucker core [left, right, kernel sizes] w2_a [left, b] and w2_b
 * [right, d].
 */
final class LokrShapes {
  private LokrShapes() {}

  static void read(SiteTensors in, Map<String, HostTensor> tensors) {
    Site site = in.site();
    boolean whole = in.has(KroneckerFactors.W1);
    if (whole && (in.has(KroneckerFactors.W1_A) || in.has(KroneckerFactors.W1_B))) {
      throw in.wrong(KroneckerFactors.W1, "absent beside its own factors");
    }
    String left = whole ? KroneckerFactors.W1 : KroneckerFactors.W1_A;
    String right = whole ? KroneckerFactors.W1 : KroneckerFactors.W1_B;
    long rows = in.size(left, 0);
    long columns = in.size(right, 1);
    if (site.out() % rows != 0) {
      throw in.wrong(left, "of a number of rows that divides " + site.out());
    }
    if (site.in() % columns != 0) {
      throw in.wrong(right, "of a number of columns that divides " + site.in());
    }
    if (whole) {
      tensors.put(KroneckerFactors.W1, in.tensor(KroneckerFactors.W1, Shape.of(rows, columns)));
    } else {
      long rank = in.size(left, 1);
      tensors.put(left, in.tensor(left, Shape.of(rows, rank)));
      tensors.put(right, in.tensor(right, Shape.of(rank, columns)));
    }
    second(in, site.out() / rows, site.in() / columns, tensors);
  }

  private static void second(
      SiteTensors in, long rows, long columns, Map<String, HostTensor> tensors) {
    Shape kernel = in.site().weight();
    if (in.has(KroneckerFactors.W2)) {
      if (in.has(KroneckerFactors.W2_A)
          || in.has(KroneckerFactors.W2_B)
          || in.has(KroneckerFactors.T2)) {
        throw in.wrong(KroneckerFactors.W2, "absent beside its own factors");
      }
      tensors.put(
          KroneckerFactors.W2,
          in.tensor(KroneckerFactors.W2, kernel.with(0, rows).with(1, columns)));
    } else if (in.has(KroneckerFactors.T2)) {
      if (!in.site().convolution()) {
        throw in.wrong(KroneckerFactors.T2, "absent, as only convolutions have a Tucker core");
      }
      long left = in.size(KroneckerFactors.T2, 0);
      long right = in.size(KroneckerFactors.T2, 1);
      tensors.put(
          KroneckerFactors.T2, in.tensor(KroneckerFactors.T2, kernel.with(0, left).with(1, right)));
      tensors.put(KroneckerFactors.W2_A, in.tensor(KroneckerFactors.W2_A, Shape.of(left, rows)));
      tensors.put(
          KroneckerFactors.W2_B, in.tensor(KroneckerFactors.W2_B, Shape.of(right, columns)));
    } else {
      long rank = in.size(KroneckerFactors.W2_A, 1);
      long rest = in.site().rest() / in.site().in() * columns;
      tensors.put(KroneckerFactors.W2_A, in.tensor(KroneckerFactors.W2_A, Shape.of(rows, rank)));
      tensors.put(KroneckerFactors.W2_B, in.tensor(KroneckerFactors.W2_B, Shape.of(rank, rest)));
    }
  }

  /** A copy with the ranks unknown. */
  static FactorStructure form(FactorStructure factors) {
    FactorStructure form = factors.open(KroneckerFactors.W1_A, 1).open(KroneckerFactors.W1_B, 0);
    return factors.has(KroneckerFactors.T2)
        ? form.open(KroneckerFactors.T2, 0)
            .open(KroneckerFactors.T2, 1)
            .open(KroneckerFactors.W2_A, 0)
            .open(KroneckerFactors.W2_B, 0)
        : form.open(KroneckerFactors.W2_A, 1).open(KroneckerFactors.W2_B, 0);
  }

  /** Columns of w1. */
  static long columns(FactorStructure factors) {
    return factors
        .shape(factors.has(KroneckerFactors.W1) ? KroneckerFactors.W1 : KroneckerFactors.W1_B)
        .size(1);
  }

  /** Rank of w2's factors. */
  static long inner(FactorStructure factors) {
    return factors.has(KroneckerFactors.T2)
        ? factors.shape(KroneckerFactors.T2).size(0)
        : factors.shape(KroneckerFactors.W2_B).size(0);
  }
}
