package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.train.MeasuredSpeed;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TextStepCost;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Option of a run on texts that is only planned: what it would take, and all that is wrong. */
public final class TextPlanOption {
  @Option(
      names = "--plan",
      description =
          "Train nothing and write nothing: say what would be learned, how much memory a step takes"
              + " and about how long.")
  private boolean asked;

  /** True if the run is only planned; refuses options that go with a run alone. */
  public boolean asked(CommandSpec spec) {
    if (asked) {
      UnusedOptions.refuse(
          spec, List.of("--find-rate", "--resume"), "--plan, which trains nothing");
    }
    return asked;
  }

  /**
   * Prints what a run takes.
   *
   * @param steps of the run
   */
  public void tell(
      Console console,
      TextTrainingWork work,
      TextModel base,
      Engine engine,
      int steps,
      boolean json) {
    TextStepCost cost = work.cost().get();
    StepCost step = cost.step();
    long file = work.mapped() ? moments(work) : 0;
    double seconds = step.seconds(MeasuredSpeed.of(engine, base.compute()));
    if (json) {
      console.print(json(work, cost, steps, file, seconds).toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "A step takes %s of memory at the most (estimated): weights %s, adapter with gradients"
                + " and optimizer %s, values that it keeps %s, its largest product %s.",
            size(cost.bytes() - file),
            size(step.weights()),
            size(step.state() - file),
            size(step.batch().kept()),
            size(step.batch().working())));
    if (file > 0) {
      console.print("The optimizer has another " + size(file) + " in a file.");
    }
    if (cost.cache() > 0) {
      console.print(
          "Before it, what is written takes " + size(cost.cache()) + " for keys and values.");
    }
    console.print("Engine and Java take some 300 MB beside that.");
    console.print(
        String.format(
            Locale.ROOT,
            "The largest step has texts of %d tokens and takes about %s, so at most %s in all%s.",
            cost.longest(),
            time(seconds),
            Durations.text(seconds * steps),
            cost.cache() > 0 ? ", without the time to write and to judge" : ""));
  }

  private static long moments(TextTrainingWork work) {
    AdapterPlan plan = work.plan();
    return work.optimizer().bytes(plan.shapes().values(), DType.F32);
  }

  private static Json json(
      TextTrainingWork work, TextStepCost cost, int steps, long file, double seconds) {
    StepCost step = cost.step();
    return new Json()
        .put("layers", work.plan().sites().size())
        .put("numbers", work.plan().elements())
        .put("texts", work.learned().size())
        .put("heldOut", work.heldOut().size())
        .put("steps", steps)
        .put("longest", cost.longest())
        .put("memoryBytes", cost.bytes() - file)
        .put("weightBytes", step.weights())
        .put("stateBytes", step.state() - file)
        .put("keptBytes", step.batch().kept())
        .put("workingBytes", step.batch().working())
        .put("mappedBytes", file)
        .put("cacheBytes", cost.cache())
        .put("flopsPerStep", step.flops())
        .put("secondsPerStep", seconds);
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
