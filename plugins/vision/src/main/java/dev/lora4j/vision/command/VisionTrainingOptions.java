package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.train.FurtherTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.train.VisionTargets;
import dev.lora4j.vision.train.VisionTrainer;
import dev.lora4j.vision.train.VisionTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of training an adapter of a ResNet. */
final class VisionTrainingOptions {
  private static final List<String> FACTORS =
      List.of("--targets", "--method", "--rank", "--alpha", "--rslora");

  /** What changes by chance when a picture is learned from again. */
  enum Change {
    flip,
    crop,
    none
  }

  @Option(
      names = "--from",
      paramLabel = "PATH",
      description =
          "Adapter to train further, with its layers, ranks and alphas; those of --targets begin"
              + " anew beside them.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      description =
          "Convolutions to train: all, 3x3, or a regular expression for whole names, for example"
              + " 'layer4\\..*' (default: ${DEFAULT-VALUE}).",
      defaultValue = "all")
  private String targets = "all";

  @Option(
      names = "--frozen",
      description = "Train the head alone, to compare: no convolution changes.")
  private boolean frozen;

  @Option(
      names = "--method",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "Kind of adapter, of those in docs/methods.md (default: ${DEFAULT-VALUE}), and settings"
              + " of it.",
      defaultValue = "lora")
  private String method = "lora";

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private int rank;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "What the change is multiplied with, times 1/rank (default: the rank).")
  private Optional<Double> alpha = Optional.empty();

  @Option(names = "--rslora", description = "Divide alpha by the root of the rank.")
  private boolean rslora;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      split = ",",
      description =
          "What changes by chance when a picture is seen again: flip, crop, or none (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "flip,crop")
  private List<Change> augment = List.of(Change.flip, Change.crop);

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: those of --epochs).")
  private Optional<Integer> steps = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "X",
      description = "How often each picture is seen (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private double epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Pictures at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
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
      defaultValue = "2e-3")
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
      names = "--max-grad-norm",
      paramLabel = "X",
      description = "Greatest norm of the gradient; 0 for any (default: ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double clip;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "Share of each class that is not learned, to score by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.2")
  private double heldOut;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between validations (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int validateEvery;

  @Option(names = "--keep-best", description = "Write the factors with the least validation loss.")
  private boolean keepBest;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int saveEvery;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of everything random (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  /** Refuses what would do nothing, and what no model could be trained with. */
  void require(CommandSpec spec, ToolConvention convention) {
    if (frozen) {
      UnusedOptions.refuse(spec, FACTORS, "--frozen, which trains the head alone");
      UnusedOptions.refuse(spec, List.of("--from"), "--frozen, which trains the head alone");
    }
    if (begun(spec)) {
      UnusedOptions.refuse(
          spec,
          List.of("--rank", "--alpha", "--rslora"),
          "--from, which has ranks and alphas of its own");
    }
    if (steps.isPresent()) {
      UnusedOptions.refuse(spec, List.of("--epochs"), "--steps, which counts otherwise");
    }
    requireFrom1("--save-every", saveEvery);
    requireFrom1("--validate-every", validateEvery);
    requireFrom1("--steps", steps.orElse(1));
    requireFrom1("--batch", batch);
    if (!(epochs > 0) || Double.isInfinite(epochs)) {
      throw Failure.usage("--epochs must be above 0, found " + epochs + ".");
    }
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw Failure.usage("--held-out must be from 0 to below 1, found " + heldOut + ".");
    }
    if (keepBest && heldOut == 0) {
      throw Failure.usage("--keep-best goes by pictures that are held out: say --held-out 0.1.");
    }
    if (augment.contains(Change.none) && augment.size() > 1) {
      throw Failure.usage("--augment none goes with no other.");
    }
    Failure.usage(() -> settings(factors(convention), 1));
  }

  /** True if the layers are those of an adapter that is trained further. */
  private boolean begun(CommandSpec spec) {
    return from.isPresent() && UnusedOptions.given(spec, "--targets").isEmpty();
  }

  /** The adapter that is trained further, if there is one. */
  Optional<Path> from() {
    return from;
  }

  private static void requireFrom1(String option, int found) {
    if (found < 1) {
      throw Failure.usage(option + " must be at least 1, found " + found + ".");
    }
  }

  /** True if the head alone is trained. */
  boolean frozen() {
    return frozen;
  }

  /** Pictures of a step. */
  int perStep() {
    return batch * accumulate;
  }

  /** Share of each class to score by. */
  double heldOut() {
    return heldOut;
  }

  /** Seed of everything random. */
  long seed() {
    return seed;
  }

  /** Number of steps for so many pictures. */
  int count(int pictures) {
    int batches = (pictures + batch - 1) / batch;
    return steps.orElseGet(() -> (int) Math.max(1, Math.round(epochs * batches / accumulate)));
  }

  /** What is trained, for people. */
  String what() {
    return frozen ? "the head" : ExtensionRequest.parse(method).name() + " and the head";
  }

  /**
   * Recipe of the adapter on a base; after a warm start that of the adapter that it begins with.
   */
  AdapterRecipe recipe(
      CommandSpec spec, Console console, ToolConvention convention, VisionModel model) {
    TargetLayers layers =
        frozen || begun(spec)
            ? TargetLayers.matching()
            : Failure.usage("--targets", () -> VisionTargets.of(targets, model));
    AdapterRecipe recipe = factors(convention).targets(layers);
    return from.map(
            file ->
                new FurtherTraining(
                        file,
                        model.loadAdapter(file, ReadOptions.STRICT),
                        UnusedOptions.given(spec, "--rank"))
                    .of(
                        console,
                        VisionMix.base(model),
                        recipe,
                        r -> VisionTrainer.on(model, settings(r, 1)).plan()))
        .orElse(recipe);
  }

  private AdapterRecipe factors(ToolConvention convention) {
    ExtensionRequest asked = ExtensionRequest.parse(method);
    return AdapterRecipe.DEFAULT
        .method(
            Failure.usage(
                "--method",
                () -> TrainableMethods.named(asked.name(), asked.settings(), convention)))
        .rank(rank, alpha.orElse((double) rank))
        .start(FactorInit.KAIMING)
        .rankStabilised(rslora);
  }

  /** Settings of a run of so many steps. */
  VisionTrainingSettings settings(AdapterRecipe recipe, int count) {
    ExtensionRequest rule = ExtensionRequest.parse(optimizer);
    TrainingSettings all =
        TrainingSettings.of(
                Failure.usage("--optimizer", () -> Optimizers.named(rule.name(), rule.settings())),
                rate,
                RateSchedule.of(
                        Failure.usage("--lr-scheduler", () -> Decays.named(schedule)), count)
                    .warmupPart(warmup))
            .withAccumulation(accumulate)
            .withClip(clip)
            .withSeed(seed)
            .withStored(DType.F32);
    return VisionTrainingSettings.DEFAULT
        .with(recipe)
        .with(all)
        .batch(batch)
        .with(new Augmentation(augment.contains(Change.flip), augment.contains(Change.crop)));
  }

  /** Policy of checkpoints in a folder. */
  CheckpointPolicy keeping(Path checkpoints, boolean resume) {
    return CheckpointPolicy.NOTHING
        .in(checkpoints)
        .every(saveEvery)
        .resume(resume)
        .validateEvery(validateEvery)
        .keepBest(keepBest)
        .previewEvery(Integer.MAX_VALUE)
        .mapped(Optimizers.paged(ExtensionRequest.parse(optimizer).name()));
  }
}
