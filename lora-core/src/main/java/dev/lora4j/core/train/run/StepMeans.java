package dev.lora4j.core.train.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Means over the batches of a step: of the loss, and of each number beside it. */
final class StepMeans {
  private final double share;
  private final Map<String, KnownMean> measures = new LinkedHashMap<>();
  private double loss;

  /**
   * Begins with no batch.
   *
   * @param batches how many the step has
   */
  StepMeans(int batches) {
    share = 1.0 / batches;
  }

  /** Share of each batch in the means. */
  double share() {
    return share;
  }

  /** Adds the loss of a batch. */
  void loss(float of) {
    loss += share * of;
  }

  /** Adds numbers of a batch; NaN where there is none. */
  void measures(Map<String, ? extends Number> of) {
    of.forEach(
        (name, n) ->
            measures.computeIfAbsent(name, key -> new KnownMean()).add(share * n.doubleValue()));
  }

  /** The step, with these means. */
  StepCourse.Taken taken(
      float gradientNorm, boolean skipped, long first, Supplier<List<TrainingBatch>> batches) {
    Map<String, Double> all = new LinkedHashMap<>();
    measures.forEach((name, mean) -> all.put(name, mean.value()));
    return new StepCourse.Taken(loss, gradientNorm, skipped, all, first, batches);
  }

  /** Mean over the batches of a step in which a number is known; NaN if it is in none. */
  private static final class KnownMean {
    private double sum;
    private int known;
    private int all;

    /** Adds the part of a batch; NaN if there is none. */
    void add(double part) {
      all++;
      if (!Double.isNaN(part)) {
        known++;
        sum += part;
      }
    }

    double value() {
      return known == all ? sum : sum * all / known;
    }
  }
}
