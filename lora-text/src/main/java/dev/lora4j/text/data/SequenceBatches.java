package dev.lora4j.text.data;

import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Sequences of each step. Within an epoch each comes once, and the last batch is smaller if they do
 * not come out even. A step's batch depends on the seed and its number alone.
 *
 * <p>May be used from several threads.
 */
public final class SequenceBatches {
  private static final long WITHIN = 12;
  private static final long AMONG = 13;

  /** Number of batches that are sorted by length together, as in transformers' sampler. */
  private static final int SORTED_TOGETHER = 50;

  private final List<TokenSequence> sequences;
  private final int size;
  private final long seed;
  private final boolean byLength;

  /** Order of the latest epoch; it can always be made again. */
  private volatile Order latest;

  /** Batches of an epoch in their order. */
  private record Order(long epoch, List<int[]> batches) {}

  /**
   * The batches of sequences.
   *
   * @param size sequences in a batch
   * @param byLength whether a batch has sequences of like lengths, so that little is padded
   * @throws IllegalArgumentException if there are no sequences, or {@code size} is below 1
   */
  public SequenceBatches(List<TokenSequence> sequences, int size, long seed, boolean byLength) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("There are no sequences to make batches of.");
    }
    if (size < 1) {
      throw new IllegalArgumentException(
          "A batch of " + size + " sequences is none; 1 is the least.");
    }
    this.sequences = List.copyOf(sequences);
    this.size = size;
    this.seed = seed;
    this.byLength = byLength;
    this.latest = order(0);
  }

  /** Steps of an epoch. */
  public int perEpoch() {
    return (sequences.size() + size - 1) / size;
  }

  /** The sequences of a step, which is counted from 0 over all epochs. */
  public List<TokenSequence> batch(long step) {
    long epoch = step / perEpoch();
    Order order = latest;
    if (order.epoch != epoch) {
      order = order(epoch);
      latest = order;
    }
    return Arrays.stream(order.batches.get((int) (step % perEpoch())))
        .mapToObj(sequences::get)
        .toList();
  }

  private Order order(long epoch) {
    int[] all = SeededNoise.of(seed, WITHIN, epoch).permutation(sequences.size());
    if (byLength) {
      int together = size * SORTED_TOGETHER;
      for (int from = 0; from < all.length; from += together) {
        int to = Math.min(all.length, from + together);
        int[] sorted =
            Arrays.stream(all, from, to)
                .boxed()
                .sorted(Comparator.comparingInt(i -> -sequences.get(i).length()))
                .mapToInt(i -> i)
                .toArray();
        System.arraycopy(sorted, 0, all, from, sorted.length);
      }
    }
    List<int[]> cut = new ArrayList<>();
    for (int from = 0; from < all.length; from += size) {
      cut.add(Arrays.copyOfRange(all, from, Math.min(all.length, from + size)));
    }
    if (!byLength) {
      return new Order(epoch, cut);
    }
    List<int[]> batches = new ArrayList<>();
    for (int i : SeededNoise.of(seed, AMONG, epoch).permutation(cut.size())) {
      batches.add(cut.get(i));
    }
    return new Order(epoch, batches);
  }
}
