package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.stream.IntStream;

/**
 * Trained directions of a layer.
 *
 * @param right [rank, in, ...]
 * @param sizes [rank, 1]
 * @param left [out, rank, ...]
 */
record Directions(HostTensor right, HostTensor sizes, HostTensor left) {
  long count() {
    return right.shape().size(0);
  }

  /** Those whose size is not 0; the first if all are. */
  Directions kept() {
    float[] all = sizes.floats();
    int[] some = IntStream.range(0, all.length).filter(i -> all[i] != 0).toArray();
    int[] chosen = some.length == 0 ? new int[1] : some;
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

  /** The right side with the sizes in it. */
  HostTensor scaledRight() {
    float[] rows = right.floats();
    float[] all = sizes.floats();
    int row = rows.length / all.length;
    for (int i = 0; i < rows.length; i++) {
      rows[i] *= all[i / row];
    }
    return HostTensor.of(right.shape(), rows);
  }
}
