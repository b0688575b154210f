package dev.lora4j.bench.methods;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Data that adapters are trained on and scored by. */
sealed interface Subject permits PictureSubject, TextSubject {
  /** Name of its folder and of its table. */
  String name();

  /** Scores, the order of the columns. */
  List<Measure> measures();

  /**
   * The command line of a training.
   *
   * @param layout of the file; empty for the command's own
   */
  List<String> training(Run run, Path adapter, String layout);

  /**
   * Layouts to choose from, the first that can hold what is trained; an empty one is the command's
   * own.
   */
  List<String> layouts();

  /** The command line that checks what {@link #training} would do; what it writes is removed. */
  List<String> plan(Run run, Path adapter, String layout);

  /** Name of the file or folder of an adapter in its trial's folder. */
  String adapter(String layout);

  /**
   * The command line of a scoring.
   *
   * @param lora the adapter, with what stands behind its name on the command line
   * @param all whether all held-out things are asked, or the few of a sweep
   * @param folder for what is made
   */
  List<String> scoring(String lora, boolean all, Path folder);

  /** The scores in what {@link #scoring} reports, by name. */
  Map<String, Double> scores(JsonObject report);

  /** Some of the options of a command line, those that are in it, with their values. */
  static List<String> only(List<String> options, String... names) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      int at = options.indexOf(name);
      if (at >= 0) {
        found.addAll(options.subList(at, at + 2));
      }
    }
    return found;
  }

  /** The rate at which sweeps begin. */
  double rate();

  /** Value by which trials are compared, of which more is better. */
  default double value(Map<String, Double> scores) {
    return measures().stream()
        .mapToDouble(m -> (m.greater() ? 1 : -1) * scores.getOrDefault(m.name(), Double.NaN))
        .average()
        .orElseThrow();
  }

  /**
   * A training.
   *
   * @param steps of it
   */
  record Run(Candidate candidate, double rate, int steps, long seed) {}
}
