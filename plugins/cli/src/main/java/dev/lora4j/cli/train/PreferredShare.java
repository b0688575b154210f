package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Json;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Share of the pairs that are held out whose better one has the greater reward.
 *
 * @param before the first step; empty if the run was resumed
 * @param after the last
 * @param margin mean of the differences of rewards after the last step
 */
public record PreferredShare(Optional<Double> before, double after, double margin) {
  private static final String ACCURACY = "rewards/accuracies";

  /**
   * Of a run that learned from pairs; empty if none are held out.
   *
   * @param untrained what was measured of those held out before the first step, by name
   * @param heldOut what was measured of them last
   */
  public static Optional<PreferredShare> of(
      Map<String, Double> untrained, Map<String, Double> heldOut) {
    return Optional.ofNullable(heldOut.get(ACCURACY))
        .map(
            after ->
                new PreferredShare(
                    Optional.ofNullable(untrained.get(ACCURACY)),
                    after,
                    heldOut.getOrDefault("rewards/margins", 0.0)));
  }

  /** Puts all that was measured into a report. */
  public static void put(Json report, Map<String, Double> untrained, Map<String, Double> heldOut) {
    if (!heldOut.isEmpty()) {
      report.put("heldOut", heldOut);
      if (!untrained.isEmpty()) {
        report.put("untrained", untrained);
      }
    }
  }

  /**
   * A line for people.
   *
   * @param what a pair is of
   */
  public String line(String what) {
    return String.format(
        Locale.ROOT,
        "held out  the better %s has the greater reward in %.1f %% of pairs%s, margin %.3f",
        what,
        100 * after,
        before.map(b -> String.format(Locale.ROOT, ", %.1f %% before", 100 * b)).orElse(""),
        margin);
  }
}
