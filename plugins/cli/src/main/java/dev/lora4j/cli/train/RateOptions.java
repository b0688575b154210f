package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of a command that trains, for finding a learning rate instead. */
public final class RateOptions {
  @Option(
      names = "--find-rate",
      description =
          "Train nothing; try five learning rates around --lr for a few steps each, then half and"
              + " twice the alpha, and say which does best.")
  private boolean findRate;

  @Option(
      names = "--find-steps",
      paramLabel = "N",
      description = "Steps of each trial of --find-rate (default: ${DEFAULT-VALUE}).",
      defaultValue = "40")
  private int findSteps;

  /** True if a rate is sought. Refuses options that do nothing beside these. */
  public boolean asked(CommandSpec spec) {
    if (!findRate) {
      UnusedOptions.refuseWithout(spec, List.of("--find-steps"), "--find-rate");
      return false;
    }
    UnusedOptions.refuse(
        spec, List.of("--resume", "--overwrite"), "--find-rate, which trains nothing to the end");
    if (findSteps < 1) {
      throw Failure.usage("--find-steps is at least 1, found " + findSteps + ".");
    }
    return true;
  }

  /** Number of steps of each trial. */
  public int steps() {
    return findSteps;
  }
}
