package dev.lora4j.vision.train;

import dev.lora4j.core.train.SeededNoise;
import java.util.Arrays;

/**
 * Order of the pictures. Within an epoch each comes once, and the last batch is smaller if they do
 * not come out even. A batch depends on the seed and its number alone.
 *
 * @param pictures how many there are
 * @param size pictures of a batch
 */
record PictureBatches(int pictures, int size, long seed) {
  private static final long ORDER = 32;

  /** Batches of an epoch. */
  int perEpoch() {
    return (pictures + size - 1) / size;
  }

  /** Numbers of the pictures of a batch, which is counted from 0 over all epochs. */
  int[] batch(long number) {
    int[] order = SeededNoise.of(seed, ORDER, number / perEpoch()).permutation(pictures);
    int from = (int) (number % perEpoch()) * size;
    return Arrays.copyOfRange(order, from, Math.min(pictures, from + size));
  }
}
