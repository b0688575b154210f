package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.Structure;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
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
    boolean whole = in.has(LokrParts.W1);
    if (whole && (in.has(LokrParts.W1_A) || in.has(LokrParts.W1_B))) {
      throw in.wrong(LokrParts.W1, "absent beside its own factors");
    }
    String left = whole ? LokrParts.W1 : LokrParts.W1_A;
    String right = whole ? LokrParts.W1 : LokrParts.W1_B;
    long rows = in.size(left, 0);
    long columns = in.size(right, 1);
    if (site.out() % rows != 0) {
      throw in.wrong(left, "of a number of rows that divides " + site.out());
    }
    if (site.in() % columns != 0) {
      throw in.wrong(right, "of a number of columns that divides " + site.in());
    }
    if (whole) {
      tensors.put(LokrParts.W1, in.tensor(LokrParts.W1, Shape.of(rows, columns)));
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
    if (in.has(LokrParts.W2)) {
      if (in.has(LokrParts.W2_A) || in.has(LokrParts.W2_B) || in.has(LokrParts.T2)) {
        throw in.wrong(LokrParts.W2, "absent beside its own factors");
      }
      tensors.put(LokrParts.W2, in.tensor(LokrParts.W2, kernel.with(0, rows).with(1, columns)));
    } else if (in.has(LokrParts.T2)) {
      if (!in.site().convolution()) {
        throw in.wrong(LokrParts.T2, "absent, as only convolutions have a Tucker core");
      }
      long left = in.size(LokrParts.T2, 0);
      long right = in.size(LokrParts.T2, 1);
      tensors.put(LokrParts.T2, in.tensor(LokrParts.T2, kernel.with(0, left).with(1, right)));
      tensors.put(LokrParts.W2_A, in.tensor(LokrParts.W2_A, Shape.of(left, rows)));
      tensors.put(LokrParts.W2_B, in.tensor(LokrParts.W2_B, Shape.of(right, columns)));
    } else {
      long rank = in.size(LokrParts.W2_A, 1);
      long rest = in.site().rest() / in.site().in() * columns;
      tensors.put(LokrParts.W2_A, in.tensor(LokrParts.W2_A, Shape.of(rows, rank)));
      tensors.put(LokrParts.W2_B, in.tensor(LokrParts.W2_B, Shape.of(rank, rest)));
    }
  }

  /** These with the ranks unknown. */
  static Structure form(Structure factors) {
    Structure form = factors.open(LokrParts.W1_A, 1).open(LokrParts.W1_B, 0);
    return factors.has(LokrParts.T2)
        ? form.open(LokrParts.T2, 0)
            .open(LokrParts.T2, 1)
            .open(LokrParts.W2_A, 0)
            .open(LokrParts.W2_B, 0)
        : form.open(LokrParts.W2_A, 1).open(LokrParts.W2_B, 0);
  }

  /** Columns of w1. */
  static long columns(Structure factors) {
    return factors.shape(factors.has(LokrParts.W1) ? LokrParts.W1 : LokrParts.W1_B).size(1);
  }

  /** Rank of w2's factors. */
  static long inner(Structure factors) {
    return factors.has(LokrParts.T2)
        ? factors.shape(LokrParts.T2).size(0)
        : factors.shape(LokrParts.W2_B).size(0);
  }
}
