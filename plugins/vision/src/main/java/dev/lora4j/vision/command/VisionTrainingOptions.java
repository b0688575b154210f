package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.train.FactorOptions;
import dev.lora4j.cli.train.FurtherTraining;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.train.VisionTargets;
import dev.lora4j.vision.train.VisionTrainer;
import dev.lora4j.vision.train.VisionTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of training an adapter of a ResNet. */
final class VisionTrainingOptions {
  private static final List<String> FACTORS =
      List.of("--targets", "--method", "--rank", "--alpha", "--rslora");

  /** Changes by chance when a picture is learned from again. */
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

  @Mixin private final FactorOptions factors = new FactorOptions();

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
      names = "--held-out",
      paramLabel = "SHARE",
      description =
          "Share of each class that is not learned, to score by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.2")
  private double heldOut;

  @Mixin private final StepOptions steps = new StepOptions();

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
    steps.refuseUnused(spec);
    if (!(heldOut >= 0 && heldOut < 1)) {
      throw Failure.usage("--held-out must be from 0 to below 1, found " + heldOut + ".");
    }
    if (heldOut == 0 && !steps.ofHeldOut().isEmpty()) {
      throw Failure.usage(
          "Without pictures that are held out, "
              + String.join(" and ", steps.ofHeldOut())
              + " can do nothing: say --held-out 0.1.");
    }
    if (augment.contains(Change.none) && augment.size() > 1) {
      throw Failure.usage("--augment none goes with no other.");
    }
    Failure.usage(
        () -> {
          steps.require();
          return settings(factors.recipe(convention), 1);
        });
  }

  /** False if there are no alphas, or they are those of an adapter that is trained further. */
  boolean alphas(CommandSpec spec) {
    return !frozen && !begun(spec);
  }

  /** True if the layers are those of an adapter that is trained further. */
  private boolean begun(CommandSpec spec) {
    return from.isPresent() && UnusedOptions.given(spec, "--targets").isEmpty();
  }

  /** The adapter that is trained further, if there is one. */
  Optional<Path> from() {
    return from;
  }

  /** True if the head alone is trained. */
  boolean frozen() {
    return frozen;
  }

  /** Options of the steps. */
  StepOptions steps() {
    return steps;
  }

  /** Share of each class to score by. */
  double heldOut() {
    return heldOut;
  }

  /** Name of the trained values, for people. */
  String what() {
    return frozen ? "the head" : factors.method() + " and the head";
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
    AdapterRecipe recipe = factors.recipe(convention).targets(layers);
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

  /** Settings of a run of so many steps. */
  VisionTrainingSettings settings(AdapterRecipe recipe, int count) {
    return VisionTrainingSettings.DEFAULT
        .with(recipe)
        .with(steps.settings(count))
        .batch(steps.batch())
        .with(new Augmentation(augment.contains(Change.flip), augment.contains(Change.crop)));
  }
}
