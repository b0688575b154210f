package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.UnusedOptions;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Option of a run that is only planned: what it would take, and all that is wrong. */
public final class PlanOption {
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

  /** Prints what a run takes. */
  void tell(Console console, RunEstimate estimate, boolean json) {
    if (json) {
      console.print(estimate.json().toString());
    } else {
      estimate.lines().forEach(console::print);
    }
  }
}
