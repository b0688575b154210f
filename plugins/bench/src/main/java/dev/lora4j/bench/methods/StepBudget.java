package dev.lora4j.bench.methods;

import java.util.function.ToDoubleFunction;

/** How many steps a candidate has in the time of the reference's. */
final class StepBudget {
  /** Steps of a training that is only timed; the first half is not counted. */
  static final int TIMED = 24;

  /** Turns of both. */
  private static final int ROUNDS = 2;

  /** A candidate that is slower or faster than this is cut off here. */
  private static final double MOST = 4;

  private StepBudget() {}

  /**
   * Steps of a candidate.
   *
   * @param steps of the reference
   * @param seconds of a step, to be measured in turns
   */
  static int steps(
      Candidate candidate, Candidate reference, int steps, ToDoubleFunction<Candidate> seconds) {
    if (candidate.reference()) {
      return steps;
    }
    double sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
      sum += seconds.applyAsDouble(reference) / seconds.applyAsDouble(candidate);
    }
    double ratio = Math.min(MOST, Math.max(1 / MOST, sum / ROUNDS));
    return Math.max(1, (int) Math.round(steps * ratio));
  }
}
