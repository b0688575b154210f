package dev.lora4j.cli.text;

import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.cli.train.RateFinding;
import dev.lora4j.cli.train.SharedDown;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingSettings;
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
import picocli.CommandLine.ParameterException;

/** Options of training an adapter of a language model. */
final class TextTrainingOptions {
  private static final int VALIDATE_EVERY = 100;

  /** Where an optimizer's state lies. */
  enum StatePlace {
    memory,
    mapped
  }

  @Option(
      names = "--from",
      paramLabel = "PATH",
      description =
          "Adapter to train further, with its layers, ranks and alphas; those of --targets begin"
              + " anew beside them.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Kind of adapter, and settings of it (default: lora). A method that PEFT and LyCORIS"
              + " define differently takes the form of --layout, unless convention=... says another.",
      defaultValue = "lora")
  private String method = "lora";

  @Option(
      names = "--shared-a",
      paramLabel = "PATH",
      description =
          "LoRA whose A (down factors) is used as it is, so that adapters share it; B alone is"
              + " trained.")
  private Optional<Path> sharedA = Optional.empty();

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "What the change is multiplied with, times 1/rank (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Option(
      names = "--init",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "What the factors of lora and dora begin as: kaiming (default), gaussian, orthogonal,"
              + " pissa, olora; or loftq, which makes up for the rounding of --base-precision. Of lora"
              + " alone: eva and lora-ga, which look at batches of the texts first.",
      defaultValue = "kaiming")
  private String init = "kaiming";

  @Option(
      names = "--ranks",
      paramLabel = "RULE[:KEY=VALUE,...]",
      description =
          "How layers get their ranks: uniform (default), or by-energy, by the gradients of their"
              + " weights over batches of the texts; its settings are min and max.",
      defaultValue = "uniform")
  private String ranks = "uniform";

  @Option(
      names = "--calibration-batches",
      paramLabel = "N",
      description =
          "Batches to look at first for --ranks by-energy, --init eva and lora-ga (default: 8; with"
              + " eva at most 32).")
  private Optional<Integer> calibrationBatches = Optional.empty();

  @Option(names = "--rslora", description = "Divide alpha by the root of the rank.")
  private boolean rslora;

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train: attention, attention-feed-forward (default), linear; or patterns of"
              + " names as PEFT's target_modules has them, for example q_proj,v_proj, or * for"
              + " everything; none for the layers of --saved alone.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--saved",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train whole, as PEFT's modules_to_save (default: the head that tells classes"
              + " apart; else none).")
  private List<String> saved = new ArrayList<>();

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
      description = "The rule by which weights change (default: ${DEFAULT-VALUE}).",
      defaultValue = "adamw")
  private String optimizer = "adamw";

  @Option(
      names = "--optimizer-state",
      paramLabel = "PLACE",
      description =
          "Where its state lies: ${COMPLETION-CANDIDATES}, a file beside the checkpoints (default: by"
              + " the name, mapped for paged ones).")
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
          "Longest text in tokens; longer ones are cut (default: what the model reads, at most 1024).")
  private Optional<Integer> longest = Optional.empty();

  @Option(
      names = "--pack",
      description = "Join plain texts and cut them into blocks of --max-length.")
  private boolean pack;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description = "Share of the texts to validate by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double heldOut;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between validations (default: 100).")
  private Optional<Integer> validateEvery = Optional.empty();

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

  /** Refuses what would do nothing, and what no model could be trained with. */
  void require(CommandSpec spec, ToolConvention convention) {
    try {
      requireFrom1("--save-every", saveEvery);
      requireFrom1("--validate-every", validateEvery.orElse(1));
      requireFrom1("--steps", steps.orElse(1));
      if (!(epochs > 0) || Double.isInfinite(epochs)) {
        throw new IllegalArgumentException("--epochs must be above 0, found " + epochs);
      }
      SequenceLimits limits =
          new SequenceLimits(longest.orElse(Integer.MAX_VALUE), SequenceLimits.Longer.CUT, pack);
      settings(recipe(convention), limits, 1);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    if (from.isPresent() && targets.isEmpty()) {
      UnusedOptions.refuse(
          spec,
          List.of("--rank", "--alpha", "--init", "--ranks", "--rslora"),
          "--from, which has ranks and alphas of its own");
    }
    if (sharedA.isPresent()) {
      SharedDown.require(recipe(convention));
      UnusedOptions.refuse(spec, List.of("--init"), "--shared-a, whose A begins as it is");
    }
    if (steps.isPresent()) {
      UnusedOptions.refuse(spec, List.of("--epochs"), "--steps, which counts otherwise");
    }
  }

  private static void requireFrom1(String option, int found) {
    if (found < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, found " + found);
    }
  }

  /** Refuses factors that make up for the rounding of a base where nothing is rounded. */
  void requireRounding(CommandSpec spec, PrecisionOption precision) {
    boolean begun = from.isPresent() && targets.isEmpty();
    if (!begun && calibration().start() == FactorInit.LOFTQ && !precision.rounds()) {
      throw new ParameterException(
          spec.commandLine(),
          "--init loftq makes up for the rounding of the base, and "
              + precision
                  .name
                  .map(n -> "--base-precision " + n + " rounds nothing. Say")
                  .orElse("nothing is rounded. Say also")
              + " --base-precision nf4, fp4, int8 or fp8, or take another --init.");
    }
  }

  /** Tokens of the longest text, if there is a limit. */
  Optional<Integer> longest() {
    return longest;
  }

  /** Seed of everything random. */
  long seed() {
    return seed;
  }

  /** Number of texts in a step. */
  int perStep() {
    return batch * accumulate;
  }

  /** True if layers are trained whole and none gets factors. */
  boolean savedAlone() {
    return TextTargets.none(targets);
  }

  /** Name of the trained values, for people. */
  String what() {
    return savedAlone() ? "whole values" : ExtensionRequest.parse(method).name();
  }

  /** Options on the command line that have no effect where no texts are held out. */
  List<String> ofHeldOut() {
    List<String> asked = new ArrayList<>();
    validateEvery.ifPresent(steps -> asked.add("--validate-every"));
    if (keepBest) {
      asked.add("--keep-best");
    }
    return asked;
  }

  /** Limits of the length of texts for a model. */
  SequenceLimits limits(TextModel base) {
    int most = TextModelOptions.length(base, longest);
    return new SequenceLimits(most, SequenceLimits.Longer.CUT, pack);
  }

  /** Number of steps. The last batch of an epoch is smaller if texts do not come out even. */
  int steps(List<TokenSequence> learned) {
    int batches = (learned.size() + batch - 1) / batch;
    return steps.orElseGet(() -> (int) Math.max(1, Math.round(epochs * batches / accumulate)));
  }

  /** Recipe of the layers and factors, before an adapter of a warm start brings its own. */
  AdapterRecipe recipe(ToolConvention convention) {
    ExtensionRequest asked = ExtensionRequest.parse(method);
    CalibrationRequest calibration = calibration();
    TargetLayers layers =
        from.isPresent() && targets.isEmpty() ? TargetLayers.matching() : TextTargets.of(targets);
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named(asked.name(), asked.settings(), convention))
        .targets(layers)
        .rank(rank, alpha.orElse((double) rank))
        .start(calibration.start())
        .calibration(calibration.settings())
        .rankStabilised(rslora)
        .saved(saved.toArray(String[]::new));
  }

  private CalibrationRequest calibration() {
    return CalibrationRequest.of(init, ranks, calibrationBatches);
  }

  private Optimizer optimizer() {
    ExtensionRequest request = ExtensionRequest.parse(optimizer);
    return Optimizers.named(request.name(), request.settings());
  }

  private boolean mapped() {
    String name = ExtensionRequest.parse(optimizer).name();
    return place.map(StatePlace.mapped::equals).orElseGet(() -> Optimizers.paged(name));
  }

  /** The adapter that is trained further, if there is one. */
  Optional<Path> from() {
    return from;
  }

  /** The adapter whose down factors are used, if there is one. */
  Optional<Path> sharedA() {
    return sharedA;
  }

  /** Alpha, if it is said. */
  Optional<Double> alpha() {
    return alpha;
  }

  /** Learning rate at its highest. */
  double rate() {
    return rate;
  }

  /** False if alphas are those of an adapter that is trained further. */
  boolean alphas() {
    return from.isEmpty() || !targets.isEmpty();
  }

  /** Refuses to seek a rate for an optimizer that finds it itself. */
  void requireRate() {
    RateFinding.require(optimizer());
  }

  /** Settings of a run of so many steps. */
  TextTrainingSettings settings(AdapterRecipe recipe, SequenceLimits limits, int count) {
    TrainingSettings all =
        TrainingSettings.of(
                optimizer(),
                rate,
                RateSchedule.of(Decays.named(schedule), count).warmupPart(warmup))
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
        .validateEvery(validateEvery.orElse(VALIDATE_EVERY))
        .keepBest(keepBest)
        .previewEvery(Integer.MAX_VALUE)
        .mapped(mapped());
  }
}
