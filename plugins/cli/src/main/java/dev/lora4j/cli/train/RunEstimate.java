package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.core.train.run.TrainingSpeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Estimate of what a run takes, counted before anything is trained.
 *
 * @param plan the layers that are trained
 * @param steps of the run
 * @param step cost of the largest of them
 * @param most bytes that a step needs at the most, with all of the optimizer's state
 * @param file bytes of that state that lie in a file instead of memory
 * @param cache bytes for keys and values of what is written before a step; empty for a kind of
 *     training that never writes
 * @param speed of the machine that it is planned on
 * @param largest words on what the largest step has, for example {@code texts of 30 tokens}
 * @param counts further numbers for programs, by name
 */
public record RunEstimate(
    AdapterPlan plan,
    int steps,
    StepCost step,
    long most,
    long file,
    OptionalLong cache,
    TrainingSpeed speed,
    String largest,
    Map<String, Long> counts) {
  /** Copies the numbers, in their order. */
  public RunEstimate {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  private double seconds() {
    return step.seconds(speed);
  }

  /** Lines for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "A step takes %s of memory at the most (estimated): weights %s, adapter with gradients"
                + " and optimizer %s, values that it keeps %s, its largest product %s.",
            size(most - file),
            size(step.weights()),
            size(step.state() - file),
            size(step.batch().kept()),
            size(step.batch().working())));
    if (file > 0) {
      lines.add("The optimizer has another " + size(file) + " in a file.");
    }
    boolean writes = cache.orElse(0) > 0;
    if (writes) {
      lines.add(
          "Before it, what is written takes " + size(cache.orElse(0)) + " for keys and values.");
    }
    lines.add("Engine and Java take some 300 MB beside that.");
    lines.add(
        String.format(
            Locale.ROOT,
            "The largest step has %s and takes about %s, so at most %s in all%s.",
            largest,
            time(seconds()),
            Durations.text(seconds() * steps),
            writes ? ", without the time to write and to judge" : ""));
    return lines;
  }

  /** The same for programs. */
  Json json() {
    Json json = new Json().put("layers", plan.sites().size()).put("numbers", plan.elements());
    counts.forEach(json::put);
    json.put("steps", steps)
        .put("memoryBytes", most - file)
        .put("weightBytes", step.weights())
        .put("stateBytes", step.state() - file)
        .put("keptBytes", step.batch().kept())
        .put("workingBytes", step.batch().working())
        .put("mappedBytes", file);
    cache.ifPresent(bytes -> json.put("cacheBytes", bytes));
    return json.put("flopsPerStep", step.flops()).put("secondsPerStep", seconds());
  }

  private static String size(long bytes) {
    return bytes >= 100_000_000
        ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String time(double seconds) {
    return seconds < 1 ? Math.round(1000 * seconds) + " ms" : Durations.text(seconds);
  }
}
