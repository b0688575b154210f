package dev.lora4j.cli.train;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that shows what a training run would do. */
@Extension(
    point = Command.class,
    name = "plan",
    help = "Show what train would do, picture by picture, and all that is wrong with it.")
@picocli.CommandLine.Command(
    name = "plan",
    sortOptions = false,
    description = "Show what train would do, picture by picture, and all that is wrong with it.")
public final class PlanCommand implements Command {
  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    try (PreparedRun run =
        PreparedRun.of(console, options.settings(console), options.model, false)) {
      PlanReport report = new PlanReport(run);
      if (json) {
        console.print(report.json());
      } else {
        console.print(report.pictures());
        console.print(report.summary());
        console.print(report.doubts());
        for (DataProblem problem : run.data().problems()) {
          console.print(problem.toString());
        }
      }
      return run.data().errors().isEmpty() ? 0 : ExitCode.FAILED;
    }
  }
}
