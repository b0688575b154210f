package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.train.PlacedRun;
import dev.lora4j.cli.train.StyleTraining;
import dev.lora4j.cli.train.TrainingPlace;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.spark.FetchedPlaces;
import dev.lora4j.spark.SparkEncoding;
import dev.lora4j.spark.SparkGradients;
import dev.lora4j.spark.SparkRounds;
import dev.lora4j.spark.StepTimes;
import dev.lora4j.spark.WorkerSource;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkConf;

/** A cluster that computes the gradients of one run. */
final class SparkTrainingPlace implements TrainingPlace, AutoCloseable {
  private final Console console;
  private final SparkOptions options;
  private final SparkConf settings;
  private final LocalSteps local;
  private final Map<String, String> copies = new TreeMap<>();
  private Optional<ConnectedSpark> connected = Optional.empty();
  private Optional<SparkGradients> gradients = Optional.empty();
  private Optional<SparkRounds> rounds = Optional.empty();

  /**
   * The cluster is connected to when the run is prepared.
   *
   * @param local how long parts work alone; one step for gradients at every step
   */
  SparkTrainingPlace(Console console, SparkOptions options, SparkConf settings, LocalSteps local) {
    this.console = console;
    this.options = options;
    this.settings = settings;
    this.local = local;
  }

  @Override
  public StoreFiles stores() {
    FetchedOption fetched = new FetchedOption(console, settings);
    return address -> {
      String copy = fetched.copy(address).toAbsolutePath().normalize().toString();
      copies.put(copy, address);
      return copy;
    };
  }

  @Override
  public StyleTrainer at(StyleTrainer trainer, PlacedRun run) {
    tell(run.batches());
    CommandModel base = CommandModel.of(run.model(), run.device());
    PlacedRun sent = run.at(copies);
    WorkerSource.Style style =
        open ->
            StyleTraining.trainer(
                silent(), sent, place -> FetchedPlaces.ofUser().path(place).toString(), open);
    WorkerSource workers = WorkerSource.of(base, style);
    ConnectedSpark opened = ConnectedSpark.of(console, options, settings);
    connected = Optional.of(opened);
    StyleTrainer encoded =
        trainer.encoding(new SparkEncoding(opened.context(), base, style, local.parts()));
    if (local.steps() > 1) {
      SparkRounds source = new SparkRounds(opened.context(), workers, local);
      rounds = Optional.of(source);
      return encoded.rounds(source);
    }
    SparkGradients source = new SparkGradients(opened.context(), workers, local.parts());
    gradients = Optional.of(source);
    return encoded.gradients(source);
  }

  private void tell(int batches) {
    int parts = local.parts();
    int used = Math.min(parts, batches);
    console.note(
        "Each step has "
            + (batches == 1 ? "1 batch" : batches + " batches")
            + ", computed in "
            + (used == 1 ? "1 part" : used + " parts")
            + (local.steps() > 1 && used > 1
                ? " that are averaged after " + local.steps() + " steps"
                : "")
            + (used < parts
                ? "; --set gradient_accumulation=" + parts + " gives work to all " + parts + "."
                : "."));
  }

  /** What is to be told was told where the run began. */
  private static Console silent() {
    PrintStream nothing =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Console.of(nothing, nothing);
  }

  private void tell(String what, StepTimes times) {
    if (times.steps() > 0) {
      console.note(
          String.format(
              Locale.ROOT,
              "%s took %.3f s on average, of which %.0f %% was not computing.",
              what,
              times.seconds() / times.steps(),
              100 * times.overhead()));
    }
  }

  @Override
  public void close() {
    gradients.map(SparkGradients::times).ifPresent(t -> tell("Gradients of a step", t));
    gradients.ifPresent(SparkGradients::close);
    rounds
        .map(SparkRounds::times)
        .ifPresent(t -> tell("A round of " + local.steps() + " steps", t));
    rounds.ifPresent(SparkRounds::close);
    connected.ifPresent(ConnectedSpark::close);
  }
}
