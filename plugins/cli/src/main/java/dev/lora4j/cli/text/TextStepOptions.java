package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of the steps of a training on texts, whatever is trained. */
public final class TextStepOptions {
  @Mixin private final StepOptions steps = new StepOptions();

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Longest text in tokens; longer ones are cut, pairs of a reward model left out (default: what"
              + " the model reads, at most 1024).")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--pack",
      description = "Join plain texts and cut them into blocks of --max-length.")
  private boolean pack;

  /**
   * Refuses numbers that nothing could be trained with.
   *
   * @throws IllegalArgumentException if one is
   */
  void require() {
    steps.require();
  }

  /** Refuses options that would do nothing. */
  void refuseUnused(CommandSpec spec) {
    steps.refuseUnused(spec);
  }

  /** Takes other numbers where none are said. */
  void batchUnlessSaid(int texts, int batches) {
    steps.batchUnlessSaid(texts, batches);
  }

  /** Tokens of the longest text, if there is a limit. */
  Optional<Integer> longest() {
    return longest;
  }

  /** Seed of everything random. */
  public long seed() {
    return steps.seed();
  }

  /** Number of texts in a step. */
  public int perStep() {
    return steps.perStep();
  }

  /** Options on the command line that have no effect where no texts are held out. */
  List<String> ofHeldOut() {
    return steps.ofHeldOut();
  }

  /**
   * Notes which options have no effect where nothing is held out.
   *
   * @param heldOut what is held out
   */
  void noteHeldOut(Console console, List<?> heldOut) {
    steps.noteHeldOut(console, heldOut);
  }

  /**
   * Limits of the length of texts before there is a model.
   *
   * @throws IllegalArgumentException if nothing could be learned in them
   */
  public SequenceLimits limits() {
    return new SequenceLimits(longest.orElse(Integer.MAX_VALUE), SequenceLimits.Longer.CUT, pack);
  }

  /** Limits of the length of texts for a model. */
  SequenceLimits limits(TextModel base) {
    int most = TextModelOptions.length(base, longest);
    return new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
  }

  /** Number of steps. The last batch of an epoch is smaller if texts do not come out even. */
  public int count(List<TokenSequence> learned) {
    return count(learned, 1);
  }

  /**
   * {@link #count(List)}, where each batch is learned several times.
   *
   * @param times so many
   */
  int count(List<TokenSequence> learned, int times) {
    return steps.count(learned.size(), times);
  }

  /** True if the optimizer's state lies in a file. */
  boolean mappedState() {
    return steps.mappedState();
  }

  /** Learning rate at its highest. */
  double rate() {
    return steps.rate();
  }

  /** Refuses to seek a rate for an optimizer that finds it itself. */
  public void requireRate() {
    steps.requireRate();
  }

  /**
   * Settings of a run of so many steps.
   *
   * @param heldOut share of the texts to validate by
   */
  TextTrainingSettings settings(
      AdapterRecipe recipe, SequenceLimits limits, int count, double heldOut) {
    return new TextTrainingSettings(recipe, steps.settings(count), limits, steps.batch(), heldOut);
  }

  /** Checkpoint policy of the run in a folder. */
  CheckpointPolicy keeping(Path checkpoints, boolean resume) {
    return steps.keeping(checkpoints, resume);
  }
}
