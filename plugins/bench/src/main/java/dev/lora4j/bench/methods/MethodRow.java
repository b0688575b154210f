package dev.lora4j.bench.methods;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;

/**
 * What a candidate reached.
 *
 * @param rate the best of its sweep
 * @param tried value of each rate of the sweep
 * @param results of each seed
 * @param failure why it has no results
 */
record MethodRow(
    Candidate candidate,
    double rate,
    int steps,
    SortedMap<Double, Double> tried,
    List<TrialResult> results,
    Optional<String> failure) {

  /** A score over the seeds. */
  Range score(String name) {
    return Range.of(
        results.stream().mapToDouble(r -> r.scores().getOrDefault(name, Double.NaN)).toArray());
  }

  /** The value by which rows are ordered, over the seeds. */
  Range value(Subject subject) {
    return Range.of(results.stream().mapToDouble(r -> subject.value(r.scores())).toArray());
  }

  /** A mean over the seeds, of what hardly differs between them. */
  double mean(ToDoubleFunction<TrialResult> number) {
    return results.stream().mapToDouble(number).average().orElse(Double.NaN);
  }

  /** As JSON has it. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("method", candidate.text());
    failure.ifPresent(f -> fields.put("failure", f));
    if (!results.isEmpty()) {
      fields.put("rate", rate);
    }
    fields.put("steps", steps);
    Map<String, Object> rates = new LinkedHashMap<>();
    tried.forEach((r, v) -> rates.put(Double.toString(r), Double.isNaN(v) ? "failed" : v));
    fields.put("tried", rates);
    fields.put("seeds", results.stream().map(MethodRow::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(TrialResult result) {
    Map<String, Object> fields = new LinkedHashMap<>(result.scores());
    fields.put("trained", result.trained());
    fields.put("bytes", result.bytes());
    fields.put("secondsPerStep", result.secondsPerStep());
    fields.put("peakMemory", result.peakMemory());
    fields.put("commands", result.commands().lines().toList());
    return fields;
  }

  /**
   * Numbers of several seeds.
   *
   * @param low the least
   * @param high the greatest
   */
  record Range(double low, double mean, double high) {
    static Range of(double... values) {
      DoubleSummaryStatistics all = Arrays.stream(values).summaryStatistics();
      return new Range(all.getMin(), all.getAverage(), all.getMax());
    }
  }
}
