package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of steps that parts take on their own. */
final class LocalStepsOptions {
  @Option(
      names = "--local-steps",
      paramLabel = "N",
      description =
          "Steps that each part takes on its own batches before the parts are averaged (default: 1,"
              + " which sends gradients at every step and is exact). More send less and are another"
              + " training.")
  private int steps = 1;

  @Option(
      names = "--outer-rate",
      paramLabel = "X",
      description =
          "With --local-steps: share of the way to the average that is gone (default: 1).")
  private Optional<Double> rate = Optional.empty();

  @Option(
      names = "--outer-momentum",
      paramLabel = "X",
      description =
          "With --local-steps: Nesterov momentum of the steps between averages, as DiLoCo has it,"
              + " with 0.9 and the rate 0.7 (default: 0).")
  private Optional<Double> momentum = Optional.empty();

  /**
   * The steps of a run.
   *
   * @param parts of each step
   */
  LocalSteps of(int parts) {
    if (steps == 1 && (rate.isPresent() || momentum.isPresent())) {
      throw Failure.usage(
          "--outer-rate and --outer-momentum are for averages between --local-steps; say how many"
              + " steps there are, for example --local-steps 10.");
    }
    try {
      return new LocalSteps(steps, parts, new OuterStep(rate.orElse(1.0), momentum.orElse(0.0)));
    } catch (IllegalArgumentException e) {
      throw Failure.usage("--local-steps, --outer-rate, --outer-momentum: " + e.getMessage());
    }
  }
}
