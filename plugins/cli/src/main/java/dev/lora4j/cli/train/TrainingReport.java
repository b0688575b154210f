package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Report of a training on pictures, texts or recordings.
 *
 * @param adapter that was trained
 * @param losses of all steps; none for a finished run whose table is gone
 * @param plan the layers that were trained
 * @param output where the adapter and the run are
 */
public record TrainingReport(
    Adapter adapter, List<Double> losses, AdapterPlan plan, int steps, TrainingOutput output) {
  /**
   * Prints it.
   *
   * @param began when, in nanoseconds
   * @param more adds to the JSON object
   * @param lines prints what is to be said beside it for people
   */
  public void tell(Console console, boolean json, long began, Consumer<Json> more, Runnable lines) {
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] smooth = LossChart.smooth(losses.stream().mapToDouble(l -> l).toArray());
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    if (json) {
      Json told =
          new Json()
              .put("adapter", output.out().toString())
              .put("identity", adapter.identity())
              .put("layers", adapter.sites().size())
              .put("trained", plan.elements())
              .put("steps", steps)
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("run", output.folder().toString())
              .put("seconds", seconds);
      ProcessMemory.peak().ifPresent(bytes -> told.put("peakMemory", bytes));
      more.accept(told);
      console.print(told.toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "%s  %d layers%s, identity %s",
            output.out(),
            adapter.sites().size(),
            // A finished run whose table is gone has no losses to report.
            smooth.length == 0
                ? ""
                : String.format(Locale.ROOT, ", loss from %.4f to %.4f", first, last),
            adapter.identity()));
    lines.run();
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}
