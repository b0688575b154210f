package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.text.train.RankingObjective;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of training a sentence encoder. */
final class EmbeddingOptions {
  /** Texts of a step where nothing is said: each counts against the others. */
  private static final int BATCH = 32;

  @Option(
      names = "--scale",
      paramLabel = "X",
      description =
          "Of embed: what similarities are multiplied with, one divided by the temperature (default:"
              + " 20).")
  private Optional<Double> scale = Optional.empty();

  @Option(
      names = "--symmetric",
      description =
          "Of embed: learn to find the anchor of a positive too, as much as the other way.")
  private boolean symmetric;

  @Mixin private final PromptOptions prompts = new PromptOptions();

  /** Refuses all of them for another task. */
  static void refuse(CommandSpec spec, String why) {
    UnusedOptions.refuse(spec, List.of("--scale", "--symmetric"), why);
    PromptOptions.refuse(spec, why);
  }

  /** Takes the defaults of this task, and refuses what it has no use for. */
  void require(CommandSpec spec, StepOptions steps) {
    UnusedOptions.refuse(
        spec, List.of("--pack", "--padding-free"), "texts that belong together, each by itself");
    steps.batchUnlessSaid(BATCH, 1);
  }

  PromptOptions prompts() {
    return prompts;
  }

  /**
   * The objective.
   *
   * @throws Failure as a mistake in the command line
   */
  RankingObjective objective() {
    return Failure.usage(
        "--scale",
        () -> new RankingObjective(scale.orElse(RankingObjective.DEFAULT.scale()), symmetric));
  }
}
