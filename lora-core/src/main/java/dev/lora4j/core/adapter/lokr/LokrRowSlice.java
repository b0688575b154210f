package dev.lora4j.core.adapter.lokr;

import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.full.DiffMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A LoKr for one of the layers that are one in a file. */
final class LokrRowSlice {
  private LokrRowSlice() {}

  static Factors of(Site whole, Factors factors, double scale, RowSlice share) {
    String first =
        factors.tensors().containsKey(KroneckerFactors.W1)
            ? KroneckerFactors.W1
            : KroneckerFactors.W1_A;
    HostTensor left = factors.tensor(first);
    long size = whole.out() / left.shape().size(0);
    if (share.aligned(size)) {
      SortedMap<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
      tensors.put(first, share.by(size).of(left));
      return new Factors(LokrMethod.NAME, tensors, factors.settings());
    }
    return Factors.of(
        DiffMethod.NAME, Map.of(DiffMethod.NAME, product(whole, factors, scale, share)), Map.of());
  }

  /** The rows of the product, in F32, as the change of a linear layer. */
  private static HostTensor product(Site whole, Factors factors, double scale, RowSlice share) {
    SmallMatrix one =
        matrix(factors, KroneckerFactors.W1, KroneckerFactors.W1_A, KroneckerFactors.W1_B);
    SmallMatrix two =
        matrix(factors, KroneckerFactors.W2, KroneckerFactors.W2_A, KroneckerFactors.W2_B);
    double all = scale * scalar(factors);
    int columns = Math.toIntExact(whole.rest());
    float[] values = new float[Math.toIntExact(share.count() * columns)];
    int at = 0;
    for (RowSlice.Range range : share.rows()) {
      for (long r = range.from(); r < range.from() + range.count(); r++) {
        int above = (int) (r / two.rows());
        int below = (int) (r % two.rows());
        for (int c = 0; c < columns; c++) {
          double product = one.at(above, c / two.columns()) * two.at(below, c % two.columns());
          values[at++] = (float) (product * all);
        }
      }
    }
    return HostTensor.of(Shape.of(share.count(), columns), values);
  }

  private static double scalar(Factors factors) {
    return Optional.ofNullable(factors.tensors().get(Alpha.SCALAR))
        .map(t -> t.doubles()[0])
        .orElse(1.0);
  }

  private static SmallMatrix matrix(Factors factors, String whole, String left, String right) {
    HostTensor stored = factors.tensors().get(whole);
    return stored != null
        ? SmallMatrix.of(stored)
        : SmallMatrix.of(factors.tensor(left)).times(SmallMatrix.of(factors.tensor(right)));
  }
}
