package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.run.RateSearch.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The trial to follow: of those within a hundredth of the least loss the one with the lowest rate,
 * since a long run bears less than a short one.
 *
 * @param least the trial with the least loss
 */
record RateChoice(Trial trial, Trial least, List<Trial> all) {
  private static final double AS_GOOD = 1.01;

  static RateChoice of(List<Trial> trials) {
    Trial least =
        trials.stream()
            .filter(t -> !t.diverged())
            .min(Comparator.comparingDouble(Trial::score))
            .orElseThrow(
                () ->
                    new Failure(
                        "Every rate that was tried left all bounds; try --find-rate with a lower"
                            + " --lr."));
    Trial chosen =
        trials.stream()
            .filter(t -> !t.diverged() && t.score() <= least.score() * AS_GOOD)
            .min(
                Comparator.comparingDouble((Trial t) -> t.setting().rate())
                    .thenComparingDouble(t -> Math.abs(Math.log(t.setting().scale()))))
            .orElse(least);
    return new RateChoice(chosen, least, List.copyOf(trials));
  }

  /** True if losses on what is held out decide. */
  boolean validated() {
    return trial.validation().isPresent();
  }

  /**
   * Why it is this one, and what remains open.
   *
   * @param withoutHeldOut a sentence for where nothing is held out
   */
  List<String> reasons(int steps, String withoutHeldOut) {
    List<String> reasons = new ArrayList<>();
    String measure = validated() ? "validation loss" : "loss of the last quarter";
    reasons.add(
        trial.equals(least)
            ? "It has the least " + measure + " after " + steps + " steps."
            : String.format(
                Locale.ROOT,
                "Its %s after %d steps is within 1 %% of the least, %.4f, at a lower rate, which a"
                    + " longer run bears better.",
                measure,
                steps,
                least.score()));
    if (!validated()) {
      reasons.add(withoutHeldOut);
    }
    double rate = trial.setting().rate();
    double most = all.stream().mapToDouble(t -> t.setting().rate()).max().orElse(rate);
    double fewest = all.stream().mapToDouble(t -> t.setting().rate()).min().orElse(rate);
    if (rate == most || rate == fewest) {
      reasons.add(
          "It is the "
              + (rate == most ? "highest" : "lowest")
              + " rate that was tried; --find-rate with it as --lr looks further.");
    }
    return reasons;
  }
}
