package dev.lora4j.core.adapter.sparse;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.host.MersenneTwister;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Places in a weight that PEFT's {@code random_mask} chooses: the first of the permutation that
 * {@code torch.randperm} gives on a CPU.
 */
final class RandomMask {
  /** Above this, {@code torch.randperm} draws numbers of 64 bits. */
  private static final long MOST_ELEMENTS = 0xffffffffL / 20;

  private RandomMask() {}

  /**
   * Rows and columns of the places, I32 [2, count], in the order of the weight.
   *
   * @throws IllegalArgumentException if the weight has too many elements to be permuted so
   */
  static HostTensor of(long rows, long columns, int count, int seed) {
    long elements = rows * columns;
    if (elements >= MOST_ELEMENTS) {
      throw new IllegalArgumentException(
          "a random mask is drawn of weights of less than "
              + MOST_ELEMENTS
              + " numbers, and this one has "
              + elements);
    }
    long[] places = places(elements, count, new MersenneTwister(seed));
    Arrays.sort(places);
    ByteBuffer indices = ByteBuffer.allocate(Math.multiplyExact(8, count));
    indices.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      indices.putInt(Integer.BYTES * i, Math.toIntExact(places[i] / columns));
      indices.putInt(Integer.BYTES * (count + i), Math.toIntExact(places[i] % columns));
    }
    return HostTensor.of(DType.I32, Shape.of(2, count), indices);
  }

  /** The first numbers of a permutation, of which only what was exchanged is kept. */
  private static long[] places(long elements, int count, MersenneTwister random) {
    Map<Long, Long> exchanged = new HashMap<>();
    long[] first = new long[count];
    for (int i = 0; i < count; i++) {
      long other = i + Integer.toUnsignedLong(random.next()) % (elements - i);
      first[i] = exchanged.getOrDefault(other, other);
      exchanged.put(other, exchanged.getOrDefault((long) i, (long) i));
    }
    return first;
  }
}
