package dev.lora4j.bench.methods;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Comparison of candidates on one subject. */
final class MethodComparison {
  private static final Candidate REFERENCE = Candidate.parse(Candidate.REFERENCE);

  private final Subject subject;
  private final Trials trials;
  private final Budget budget;
  private final Map<Candidate, String> layouts = new HashMap<>();

  /**
   * Begins nothing yet.
   *
   * @param subject what candidates are trained on
   */
  MethodComparison(Subject subject, Trials trials, Budget budget) {
    this.subject = subject;
    this.trials = trials;
    this.budget = budget;
  }

  /**
   * What each candidate has.
   *
   * @param steps of the reference
   * @param sameSteps whether all have as many, instead of as much time
   * @param seeds trainings with the best rate
   * @param rates of its sweep at most
   */
  record Budget(int steps, boolean sameSteps, int seeds, int rates) {}

  /**
   * Sweeps, trains and scores a candidate. One that cannot be trained here has the reason in its
   * row.
   *
   * @param now receives what is being done
   */
  MethodRow row(Candidate candidate, Consumer<String> now) {
    SortedMap<Double, Double> tried = new TreeMap<>();
    int steps = budget.steps();
    try {
      layout(REFERENCE);
      String layout = layout(candidate);
      if (!budget.sameSteps()) {
        now.accept(candidate.text() + ", timing steps");
        steps = trials.steps(candidate, REFERENCE, steps, layouts);
      }
      int count = steps;
      double best = candidate.rate().orElse(subject.rate());
      if (budget.rates() > 1) {
        tried =
            RateSweep.tried(
                best,
                budget.rates(),
                rate -> swept(new Subject.Run(candidate, rate, count, 0), layout, now));
        best = RateSweep.best(tried);
      }
      List<TrialResult> results = new ArrayList<>();
      for (int seed = 0; seed < budget.seeds(); seed++) {
        now.accept(told(candidate, best) + ", seed " + seed);
        results.add(trials.result(new Subject.Run(candidate, best, steps, seed), layout, true));
      }
      return new MethodRow(candidate, best, steps, tried, results, Optional.empty());
    } catch (ChildCommand.Refused e) {
      return new MethodRow(
          candidate, Double.NaN, steps, tried, List.of(), Optional.ofNullable(e.getMessage()));
    }
  }

  private String layout(Candidate candidate) {
    return layouts.computeIfAbsent(candidate.trained(), trials::layout);
  }

  /** Value of a rate; NaN if the training failed, as it does when its numbers are not finite. */
  private double swept(Subject.Run run, String layout, Consumer<String> now) {
    now.accept(told(run.candidate(), run.rate()));
    try {
      return subject.value(trials.result(run, layout, false).scores());
    } catch (ChildCommand.Refused e) {
      return Double.NaN;
    }
  }

  private static String told(Candidate candidate, double rate) {
    return String.format(Locale.ROOT, "%s, rate %s", candidate.text(), rate);
  }
}
