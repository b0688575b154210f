package dev.lora4j.spark.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.train.StyleTraining;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a style adapter whose gradients a cluster computes. */
@picocli.CommandLine.Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train a style adapter as 'lora4j train' does, with the same run files and options; the"
          + " gradients of each step are computed by tasks of Spark.",
      "The batches of a step (gradient_accumulation) are divided among the parts: 8 batches keep 8"
          + " machines at work. With one part the adapter has the bits of a training without Spark"
          + " that has as many threads as spark.task.cpus says (1 if you say nothing).",
      "Where machines are far apart, --local-steps lets them take steps of their own between two"
          + " averages."
    })
public final class SparkTrain implements Command {
  @Mixin private final SparkOptions spark = new SparkOptions();

  @Option(
      names = "--parts",
      paramLabel = "N",
      description =
          "How many tasks a step is divided into (default: N of local[N], divided by"
              + " spark.task.cpus; a cluster has none). With as many the adapter has the same bits"
              + " each time.")
  private Optional<Integer> parts = Optional.empty();

  @Mixin private final LocalStepsOptions local = new LocalStepsOptions();

  @Mixin private final StyleTraining training = new StyleTraining();

  @Override
  public int run(Console console) {
    SparkConf settings = spark.settings();
    try (SparkTrainingPlace place =
        new SparkTrainingPlace(console, spark, settings, local.of(parts(settings)))) {
      return training.run(console, place);
    }
  }

  private int parts(SparkConf settings) {
    OptionalInt local = LocalTasks.of(settings);
    int count =
        parts.orElseGet(
            () ->
                local.orElseThrow(
                    () ->
                        Failure.usage(
                            "Say by --parts into how many tasks a step is divided, for example as"
                                + " many as there are machines: machines of a cluster come and go,"
                                + " and the last bits of the adapter depend on it.")));
    if (count < 1) {
      throw Failure.usage("--parts must be at least 1, found " + count + ".");
    }
    return count;
  }
}
