package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.run.RateSearch.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The trial to follow: of those within a hundredth of the least loss, or of the greatest reward,
 * the one with the lowest rate, since a long run bears less than a short one.
 *
 * @param least the trial with the least loss, or the greatest reward
 */
record RateChoice(Trial trial, Trial least, List<Trial> all) {
  private static final double AS_GOOD = 0.01;

  static RateChoice of(List<Trial> trials) {
    Trial least =
        trials.stream()
            .filter(t -> !t.diverged() && Double.isFinite(t.score()))
            .min(Comparator.comparingDouble(Trial::score))
            .orElseThrow(
                () ->
                    new Failure(
                        "Every rate that was tried left all bounds, or had no "
                            + measure(trials.get(0))
                            + "; try --find-rate with a lower --lr."));
    Trial chosen =
        trials.stream()
            .filter(t -> t.score() <= least.score() + AS_GOOD * Math.abs(least.score()))
            .min(
                Comparator.comparingDouble((Trial t) -> t.setting().rate())
                    .thenComparingDouble(t -> Math.abs(Math.log(t.setting().scale()))))
            .orElse(least);
    return new RateChoice(chosen, least, List.copyOf(trials));
  }

  /** Name of the number that a trial is compared by. */
  static String measure(Trial trial) {
    return trial.compared().measure().orElse("loss");
  }

  /** True if losses on what is held out decide. */
  boolean validated() {
    return trial.validation().isPresent();
  }

  /** False if all trainings had the same reward, so that nothing speaks for one of them. */
  boolean decided() {
    return !trial.compared().greater()
        || all.stream().mapToDouble(Trial::score).distinct().count() > 1;
  }

  /**
   * Why it is this one, and what remains open.
   *
   * @param withoutHeldOut a sentence for where nothing is held out
   */
  List<String> reasons(int steps, String withoutHeldOut) {
    List<String> reasons = new ArrayList<>();
    String measure = validated() ? "validation loss" : measure(trial) + " of the last quarter";
    if (!decided()) {
      return List.of(
          "All rates have the same "
              + measure
              + ", so it says nothing: take more --find-steps, or a reward that is less rare.");
    }
    String most = trial.compared().greater() ? "greatest" : "least";
    reasons.add(
        trial.equals(least)
            ? "It has the " + most + " " + measure + " after " + steps + " steps."
            : String.format(
                Locale.ROOT,
                "Its %s after %d steps is within 1 %% of the %s, %.4f, at a lower rate, which a"
                    + " longer run bears better.",
                measure,
                steps,
                most,
                least.value()));
    if (!validated()) {
      reasons.add(withoutHeldOut);
    }
    double rate = trial.setting().rate();
    double highest = all.stream().mapToDouble(t -> t.setting().rate()).max().orElse(rate);
    double fewest = all.stream().mapToDouble(t -> t.setting().rate()).min().orElse(rate);
    if (rate == highest || rate == fewest) {
      reasons.add(
          "It is the "
              + (rate == highest ? "highest" : "lowest")
              + " rate that was tried; --find-rate with it as --lr looks further.");
    }
    return reasons;
  }
}
