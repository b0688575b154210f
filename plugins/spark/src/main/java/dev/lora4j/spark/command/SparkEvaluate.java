package dev.lora4j.spark.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.evaluate.StyleEvaluationRun;
import picocli.CommandLine.Mixin;

/** Scores a style adapter by pictures that a cluster makes. */
@picocli.CommandLine.Command(
    name = "evaluate",
    sortOptions = false,
    description = {
      "Score a style adapter as 'lora4j evaluate' does, with the same options; its pictures are made"
          + " on the machines of a cluster.",
      "Each is made alone, and not some at a time, which changes the rounding of its last bits."
    })
public final class SparkEvaluate implements Command {
  @Mixin private final SparkOptions spark = new SparkOptions();

  @Mixin private final StyleEvaluationRun evaluation = new StyleEvaluationRun();

  @Override
  public int run(Console console) {
    return evaluation.run(console, new SparkEvaluationPlace(spark, spark.settings()));
  }
}
