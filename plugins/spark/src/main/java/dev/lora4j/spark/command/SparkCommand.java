package dev.lora4j.spark.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.spi.Extension;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The commands that use many machines. */
@Extension(
    point = Command.class,
    name = "spark",
    help = "Train, draw and judge on the machines of an Apache Spark cluster.")
@picocli.CommandLine.Command(
    name = "spark",
    sortOptions = false,
    description = {
      "Train, draw and judge on the machines of an Apache Spark cluster.",
      "",
      "Every machine needs the base and the pictures under the same paths. docs/spark.md says what to"
          + " set."
    },
    subcommands = {SparkTrain.class, SparkGenerate.class, SparkEvaluate.class})
public final class SparkCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public int run(Console console) {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
