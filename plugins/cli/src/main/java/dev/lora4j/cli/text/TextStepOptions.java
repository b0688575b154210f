package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.train.RateFinding;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the steps of a training on texts, whatever is trained. */
public final class TextStepOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Where an optimizer's state lies. */
  enum StatePlace {
    memory,
    mapped
  }

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: those of --epochs).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "X",
      description = "How often each text is seen (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private double epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Texts at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int batch;

  @Option(
      names = "--gradient-accumulation",
      paramLabel = "N",
      description = "Batches for a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private int accumulate;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Learning rate at its highest (default: ${DEFAULT-VALUE}).",
      defaultValue = "1e-3")
  private double rate;

  @Option(
      names = "--lr-scheduler",
      paramLabel = "NAME",
      description = "How the rate falls (default: ${DEFAULT-VALUE}).",
      defaultValue = "cosine")
  private String schedule = "cosine";

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "Share of the steps in which the rate rises (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.1")
  private double warmup;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      completionCandidates = Names.OfOptimizers.class,
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}), and settings of it, as in"
              + " adamw:weight_decay=0.",
      defaultValue = "adamw")
  private String optimizer = "adamw";

  @Option(
      names = "--optimizer-state",
      paramLabel = "PLACE",
      description =
          "Where its state lies: memory, or mapped, a file beside the checkpoints (default: by the"
              + " name, mapped for paged ones).")
  private Optional<StatePlace> place = Optional.empty();

  @Option(
      names = "--max-grad-norm",
      paramLabel = "X",
      description = "Greatest norm of the gradient; 0 for any (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double clip;

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

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between validations (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int validateEvery;

  @Option(names = "--keep-best", description = "Write the factors with the least validation loss.")
  private boolean keepBest;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int saveEvery;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  /**
   * Refuses numbers that nothing could be trained with.
   *
   * @throws IllegalArgumentException if one is
   */
  void require() {
    requireFrom1("--save-every", saveEvery);
    requireFrom1("--validate-every", validateEvery);
    requireFrom1("--steps", steps.orElse(1));
    if (!(epochs > 0) || Double.isInfinite(epochs)) {
      throw new IllegalArgumentException("--epochs must be above 0, found " + epochs + ".");
    }
  }

  private static void requireFrom1(String option, int found) {
    if (found < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, found " + found + ".");
    }
  }

  /** Refuses options that would do nothing. */
  void refuseUnused(CommandSpec spec) {
    if (steps.isPresent()) {
      UnusedOptions.refuse(spec, List.of("--epochs"), "--steps, which counts otherwise");
    }
  }

  /** Takes other numbers where none are said. */
  void batchUnlessSaid(CommandSpec spec, int texts, int batches) {
    if (UnusedOptions.given(spec, "--batch").isEmpty()) {
      batch = texts;
      if (UnusedOptions.given(spec, "--gradient-accumulation").isEmpty()) {
        accumulate = batches;
      }
    }
  }

  /** Tokens of the longest text, if there is a limit. */
  Optional<Integer> longest() {
    return longest;
  }

  /** Seed of everything random. */
  public long seed() {
    return seed;
  }

  /** Number of texts in a step. */
  public int perStep() {
    return batch * accumulate;
  }

  /** Options on the command line that have no effect where no texts are held out. */
  List<String> ofHeldOut() {
    List<String> asked = new ArrayList<>();
    UnusedOptions.given(spec, "--validate-every").ifPresent(asked::add);
    if (keepBest) {
      asked.add("--keep-best");
    }
    return asked;
  }

  /**
   * Notes which options have no effect where nothing is held out.
   *
   * @param heldOut what is held out
   */
  void noteHeldOut(Console console, List<?> heldOut) {
    if (heldOut.isEmpty() && !ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", ofHeldOut())
              + " without effect: nothing is held out; --held-out 0.1 holds out a tenth of it.");
    }
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
    int batches = (learned.size() + batch - 1) / batch;
    return steps.orElseGet(
        () -> times * (int) Math.max(1, Math.round(epochs * batches / accumulate)));
  }

  private Optimizer optimizer() {
    return Failure.usage(
        "--optimizer",
        () -> {
          ExtensionRequest request = ExtensionRequest.parse(optimizer);
          return Optimizers.named(request.name(), request.settings());
        });
  }

  private Decay decay() {
    return Failure.usage("--lr-scheduler", () -> Decays.named(schedule));
  }

  /** True if the optimizer's state lies in a file. */
  boolean mappedState() {
    String name = ExtensionRequest.parse(optimizer).name();
    return place.map(StatePlace.mapped::equals).orElseGet(() -> Optimizers.paged(name));
  }

  /** Learning rate at its highest. */
  double rate() {
    return rate;
  }

  /** Refuses to seek a rate for an optimizer that finds it itself. */
  public void requireRate() {
    RateFinding.require(optimizer());
  }

  /**
   * Settings of a run of so many steps.
   *
   * @param heldOut share of the texts to validate by
   */
  TextTrainingSettings settings(
      AdapterRecipe recipe, SequenceLimits limits, int count, double heldOut) {
    TrainingSettings all =
        TrainingSettings.of(optimizer(), rate, RateSchedule.of(decay(), count).warmupPart(warmup))
            .withAccumulation(accumulate)
            .withClip(clip)
            .withSeed(seed)
            .withStored(DType.F32);
    return new TextTrainingSettings(recipe, all, limits, batch, heldOut);
  }

  /** Checkpoint policy of the run in a folder. */
  CheckpointPolicy keeping(Path checkpoints, boolean resume) {
    return CheckpointPolicy.NOTHING
        .in(checkpoints)
        .every(saveEvery)
        .resume(resume)
        .validateEvery(validateEvery)
        .keepBest(keepBest)
        .previewEvery(Integer.MAX_VALUE)
        .mapped(mappedState());
  }
}
