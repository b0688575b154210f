package dev.lora4j.core.train.calibration;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Shares of a number of trained values out among layers, as ranks. */
final class RankShares {
  private static final int HALVINGS = 200;

  /**
   * A layer.
   *
   * @param score that its rank is in proportion to
   * @param cost trained values of one direction
   * @param usual its rank in the recipe
   * @param least its least rank
   * @param greatest its greatest rank, no less than the least
   */
  record Layer(double score, long cost, long usual, long least, long greatest) {}

  private RankShares() {}

  /**
   * The ranks: in proportion to scores within the bounds, together with as many values as the usual
   * ranks have, rounded down; what is left goes one direction each to the largest remainders.
   *
   * @throws IllegalArgumentException if the least ranks have more, or no score is above 0
   */
  static long[] of(List<Layer> layers) {
    double most = layers.stream().mapToDouble(Layer::score).max().orElse(0);
    long budget = layers.stream().mapToLong(l -> l.usual() * l.cost()).sum();
    long floor = layers.stream().mapToLong(l -> l.least() * l.cost()).sum();
    if (!(most > 0)) {
      throw new IllegalArgumentException(
          "No batch that was looked at gives any layer a gradient, so ranks cannot go by it.");
    }
    if (floor > budget) {
      throw new IllegalArgumentException(
          "The least ranks by energy have "
              + floor
              + " numbers together, and the recipe's ranks "
              + budget
              + "; lower the least rank, or raise the rank.");
    }
    double[] exact = exact(layers, most, budget);
    long[] ranks = Arrays.stream(exact).mapToLong(x -> (long) x).toArray();
    long left = budget;
    for (int i = 0; i < ranks.length; i++) {
      left -= ranks[i] * layers.get(i).cost();
    }
    List<Integer> order =
        IntStream.range(0, ranks.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> ranks[i] - exact[i]))
            .toList();
    for (int i : order) {
      Layer layer = layers.get(i);
      if (ranks[i] < layer.greatest() && layer.cost() <= left && exact[i] > ranks[i]) {
        ranks[i]++;
        left -= layer.cost();
      }
    }
    return ranks;
  }

  private static double[] exact(List<Layer> layers, double most, long budget) {
    double low = 0;
    double high = 1;
    // Scores differ by many powers of ten; bounds may keep the budget from being reached.
    while (cost(layers, ranks(layers, most, high)) < budget && high < Double.MAX_VALUE / 2) {
      high *= 2;
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = low + (high - low) / 2;
      if (cost(layers, ranks(layers, most, middle)) <= budget) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return ranks(layers, most, low);
  }

  private static double[] ranks(List<Layer> layers, double most, double times) {
    return layers.stream()
        .mapToDouble(
            l ->
                Math.min(
                    (double) l.greatest(),
                    Math.max((double) l.least(), times * (l.score() / most))))
        .toArray();
  }

  private static double cost(List<Layer> layers, double[] ranks) {
    return IntStream.range(0, ranks.length).mapToDouble(i -> ranks[i] * layers.get(i).cost()).sum();
  }
}
