package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.judge.JudgeScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Targets of a style adapter, and whether this one reached them. */
public record StyleTargets(StyleEvaluation evaluation) {
  private static final double STYLE_WITH = 0.9;
  private static final double STYLE_WITHOUT = 0.05;
  private static final double CONCEPT_LOSS = 0.1;
  private static final double CONCEPT_BASE = 0.6;
  private static final double TRUTH_TIMES = 3;

  /** Shares are quotients: 24 of 40 are not quite three times 8 of 40. */
  private static final double ROUNDING = 1e-9;

  /**
   * Target that an adapter reaches or misses.
   *
   * @param text what is to be reached, for people
   * @param value what was found, for people
   */
  public record Target(String text, String value, boolean reached) {}

  /** Targets for which there are scores. */
  public List<Target> all() {
    List<Target> all = new ArrayList<>();
    Optional<JudgeScores> adapter = evaluation.kind(StyleEvaluation.ADAPTER);
    Optional<JudgeScores> base = evaluation.kind(StyleEvaluation.BASE);
    Optional<JudgeScores> grey = evaluation.kind(StyleEvaluation.DESATURATED);
    adapter
        .flatMap(JudgeScores::style)
        .ifPresent(
            s ->
                all.add(
                    new Target(
                        "style accuracy with the adapter at least 90 %",
                        percent(s), s >= STYLE_WITH)));
    base.flatMap(JudgeScores::style)
        .ifPresent(
            s ->
                all.add(
                    new Target(
                        "style accuracy without it under 5 %", percent(s), s < STYLE_WITHOUT)));
    base.ifPresent(
        b ->
            all.add(
                new Target(
                    "concept in the base's top 10 at least 60 %",
                    percent(b.conceptTop10()), b.conceptTop10() >= CONCEPT_BASE)));
    if (adapter.isPresent() && base.isPresent()) {
      double lost = base.get().conceptTop10() - adapter.get().conceptTop10();
      all.add(
          new Target(
              "concept in the adapter's top 10 within 10 points of the base's",
              percent(adapter.get().conceptTop10()),
              lost <= CONCEPT_LOSS + ROUNDING));
    }
    Optional<Double> own = adapter.flatMap(JudgeScores::truth).map(JudgeScores.Truth::top1);
    Optional<Double> other = grey.flatMap(JudgeScores::truth).map(JudgeScores.Truth::top1);
    if (own.isPresent() && other.isPresent()) {
      all.add(
          new Target(
              "own truth nearest 3 times as often as for the desaturated base",
              percent(own.get()) + " against " + percent(other.get()),
              own.get() > 0 && own.get() >= TRUTH_TIMES * other.get() - ROUNDING));
    }
    return all;
  }

  /** Text, for example {@code 93.5 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
