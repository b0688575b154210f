package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Directions of a layer.
 *
 * @param right [rank, in, ...]
 * @param sizes [rank, 1]
 * @param left [out, rank, ...]
 */
record Directions(HostTensor right, HostTensor sizes, HostTensor left) {
  /** Those of AdaLoRA. */
  static Directions of(Factors factors) {
    return new Directions(
        factors.tensor(LoraMethod.DOWN),
        factors.tensor(AdaloraMethod.SIZES),
        factors.tensor(LoraMethod.UP));
  }

  long count() {
    return right.shape().size(0);
  }

  /** Those whose size is not 0; the first if all are. */
  Directions kept() {
    float[] all = sizes.floats();
    int[] some = IntStream.range(0, all.length).filter(i -> all[i] != 0).toArray();
    return chosen(some.length == 0 ? new int[1] : some);
  }

  private Directions chosen(int[] chosen) {
    float[] all = sizes.floats();
    int row = Math.toIntExact(right.shape().elements() / count());
    int out = Math.toIntExact(left.shape().size(0));
    float[] rows = right.floats();
    float[] across = left.floats();
    float[] keptRows = new float[chosen.length * row];
    float[] keptColumns = new float[out * chosen.length];
    float[] keptSizes = new float[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      keptSizes[i] = all[chosen[i]];
      System.arraycopy(rows, chosen[i] * row, keptRows, i * row, row);
      for (int o = 0; o < out; o++) {
        keptColumns[o * chosen.length + i] = across[o * all.length + chosen[i]];
      }
    }
    return new Directions(
        HostTensor.of(right.shape().with(0, chosen.length), keptRows),
        HostTensor.of(Shape.of(chosen.length, 1), keptSizes),
        HostTensor.of(left.shape().with(1, chosen.length), keptColumns));
  }

  /** The same, and zeros behind, up to {@code rank}. */
  private Directions padded(int rank) {
    int count = Math.toIntExact(count());
    int out = Math.toIntExact(left.shape().size(0));
    float[] across = left.floats();
    float[] columns = new float[out * rank];
    for (int o = 0; o < out; o++) {
      System.arraycopy(across, o * count, columns, o * rank, count);
    }
    int row = Math.toIntExact(right.shape().elements() / count);
    return new Directions(
        HostTensor.of(right.shape().with(0, rank), Arrays.copyOf(right.floats(), rank * row)),
        HostTensor.of(Shape.of(rank, 1), Arrays.copyOf(sizes.floats(), rank)),
        HostTensor.of(left.shape().with(1, rank), columns));
  }

  /** The LoRA of this effect, with the sizes in its down factor; F32, or F64 as it is. */
  Factors lora(double scale) {
    boolean exact = right.dtype() == DType.F64;
    DType type = exact ? DType.F64 : DType.F32;
    return LoraMath.factors(
        scaledRight(type),
        left.dtype() == type ? left : HostTensor.of(type, left.shape(), left.doubles()),
        scale * count());
  }

  private HostTensor scaledRight(DType type) {
    double[] rows = right.doubles();
    double[] all = sizes.doubles();
    int row = rows.length / all.length;
    for (int i = 0; i < rows.length; i++) {
      rows[i] *= all[i / row];
    }
    return HostTensor.of(type, right.shape(), rows);
  }

  /** AdaLoRA with these directions left. */
  Factors apart(long initial, double alpha) {
    return Factors.of(
        AdaloraMethod.NAME,
        Map.of(LoraMethod.DOWN, right, AdaloraMethod.SIZES, sizes, LoraMethod.UP, left),
        Map.of(
            AdaloraMethod.INITIAL,
            Double.toString((double) initial),
            Alpha.LORA_ALPHA,
            Double.toString(alpha)));
  }

  /**
   * Initial factors to train these further: of the rank of the beginning, so that the scale is the
   * same. Directions that were taken away are zeros, which no gradient reaches.
   *
   * @return empty if there are more than in the beginning
   * @throws IllegalArgumentException if alpha is none, as the scale would follow the directions
   */
  Optional<WarmStartFactors> begun(Factors factors) {
    int rank = (int) factors.structure().number(AdaloraMethod.INITIAL);
    if (rank < count()) {
      return Optional.empty();
    }
    double alpha = factors.structure().number(Alpha.LORA_ALPHA);
    if (alpha <= 0) {
      throw new IllegalArgumentException(
          "its lora_alpha is "
              + alpha
              + ", so that its scale is made of the number of directions that are left; train it"
              + " further as the LoRA that it is (stored = lora)");
    }
    Directions all = padded(rank);
    return Optional.of(
        WarmStartFactors.of(
            new SiteRecipe(rank, alpha, false, FactorInit.KAIMING),
            Map.of(
                AdaloraTraining.RIGHT,
                all.right,
                AdaloraTraining.SIZES,
                all.sizes,
                AdaloraTraining.LEFT,
                all.left)));
  }
}
