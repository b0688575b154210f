package dev.lora4j.diffusion.dataset;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * The pictures of each step. Within an epoch every picture comes as often as its repeats say. The
 * pictures of a bucket are shuffled and cut into batches, of which the last is smaller if they do
 * not come out even; then the batches of all buckets and groups are shuffled, as in kohya's
 * sd-scripts. A step's batch depends on the seed and its number alone.
 */
public final class Batches {
  private static final long WITHIN = 3;
  private static final long AMONG = 4;

  /**
   * The pictures of one step.
   *
   * @param epoch counted from 0
   * @param bucket the size of all of its pictures
   * @param draws one or more, of one bucket and group
   */
  public record Batch(long epoch, Bucket bucket, List<TrainingDraw> draws) {}

  /** One of the times that a picture comes in an epoch. */
  private record Turn(DataItem item, int repeat) {}

  /** A bucket of a group. */
  private record Place(int group, Bucket bucket) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return group == other.group
          ? bucket.compareTo(other.bucket)
          : Integer.compare(group, other.group);
    }
  }

  private final List<List<Turn>> places;
  private final long seed;
  private final int perEpoch;

  /** Order of the latest epoch; it can always be made again. */
  private volatile Order latest;

  /** Batches of an epoch in their order. */
  private record Order(long epoch, List<List<Turn>> batches) {}

  private Batches(List<List<Turn>> places, long seed) {
    this.places = places;
    this.seed = seed;
    this.perEpoch = places.stream().mapToInt(Batches::count).sum();
    this.latest = order(0);
  }

  /**
   * The batches of these pictures.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Batches of(Collection<DataItem> items, long seed) {
    if (items.isEmpty()) {
      throw new IllegalArgumentException("There are no pictures to make batches of.");
    }
    TreeMap<Place, List<Turn>> places = new TreeMap<>();
    for (DataItem item : items) {
      Place place = new Place(item.group(), item.fit().bucket());
      for (int repeat = 0; repeat < item.repeats(); repeat++) {
        places.computeIfAbsent(place, p -> new ArrayList<>()).add(new Turn(item, repeat));
      }
    }
    return new Batches(List.copyOf(places.values()), seed);
  }

  /** Steps of an epoch. */
  public int perEpoch() {
    return perEpoch;
  }

  /** The batch of a step, which is counted from 0 over all epochs. */
  public Batch batch(long step) {
    long epoch = step / perEpoch;
    Order order = latest;
    if (order.epoch != epoch) {
      order = order(epoch);
      latest = order;
    }
    List<TrainingDraw> draws =
        order.batches.get((int) (step % perEpoch)).stream()
            .map(turn -> TrainingDraw.of(turn.item, seed, epoch, turn.repeat))
            .toList();
    return new Batch(epoch, draws.get(0).item().fit().bucket(), draws);
  }

  private Order order(long epoch) {
    List<List<Turn>> batches = new ArrayList<>();
    for (int place = 0; place < places.size(); place++) {
      List<Turn> turns = shuffled(places.get(place), SeededNoise.of(seed, WITHIN, epoch, place));
      int size = turns.get(0).item.batch();
      for (int at = 0; at < turns.size(); at += size) {
        batches.add(turns.subList(at, Math.min(at + size, turns.size())));
      }
    }
    return new Order(epoch, shuffled(batches, SeededNoise.of(seed, AMONG, epoch)));
  }

  private static int count(List<Turn> turns) {
    int size = turns.get(0).item.batch();
    return (turns.size() + size - 1) / size;
  }

  private static <T> List<T> shuffled(List<T> all, SeededNoise noise) {
    List<T> order = new ArrayList<>(all.size());
    for (int i : noise.permutation(all.size())) {
      order.add(all.get(i));
    }
    return order;
  }
}
