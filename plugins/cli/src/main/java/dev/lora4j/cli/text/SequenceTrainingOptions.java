package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.cli.train.FactorOptions;
import dev.lora4j.cli.train.FurtherTraining;
import dev.lora4j.cli.train.SharedDown;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of training an adapter of a model that writes texts, whatever it reads. */
public sealed class SequenceTrainingOptions permits TextTrainingOptions {
  @Option(
      names = "--from",
      paramLabel = "PATH",
      description =
          "Adapter to train further, with its layers, ranks and alphas; those of --targets begin"
              + " anew beside them.")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--shared-a",
      paramLabel = "PATH",
      description =
          "LoRA whose A (down factors) is used as it is, so that adapters share it; B alone is"
              + " trained.")
  private Optional<Path> sharedA = Optional.empty();

  @Option(
      names = "--init",
      paramLabel = "NAME[:KEY=VALUE,...]",
      description =
          "What the factors of lora and dora begin as: kaiming (default), gaussian, orthogonal,"
              + " pissa, olora; or loftq, which makes up for the rounding of --base-precision. Of lora"
              + " alone: eva, lora-ga and corda, which look at batches of the texts first.",
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
          "Batches to look at first for --ranks by-energy, --init eva, lora-ga and corda (default: 8;"
              + " with eva at most 32, with corda 32).")
  private Optional<Integer> calibrationBatches = Optional.empty();

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      description =
          "Share of the elements of a layer's input that the factors do not see in a step, by chance, as"
              + " PEFT's lora_dropout (default: 0).")
  private double dropout;

  @Mixin private final FactorOptions factors = new FactorOptions();
  @Mixin private final TargetOption targets;

  @Option(
      names = "--saved",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train whole, as PEFT's modules_to_save (default: the head that tells classes"
              + " apart; else none).")
  private List<String> saved = new ArrayList<>();

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description = "Share of the texts to validate by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double heldOut;

  @Mixin final StepOptions steps = new StepOptions();

  /**
   * Options for a kind of model.
   *
   * @param targets its layers
   */
  public SequenceTrainingOptions(TargetOption targets) {
    this.targets = targets;
  }

  /** Refuses what would do nothing, and what no model could be trained with. */
  public void require(CommandSpec spec, ToolConvention convention) {
    try {
      steps.require();
      settings(recipe(convention), limits(), 1);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    if (begun()) {
      UnusedOptions.refuse(
          spec,
          List.of("--rank", "--alpha", "--init", "--ranks", "--rslora"),
          "--from, which has ranks and alphas of its own");
    }
    if (sharedA.isPresent()) {
      SharedDown.require(recipe(convention));
      UnusedOptions.refuse(spec, List.of("--init"), "--shared-a, whose A begins as it is");
    }
    steps.refuseUnused(spec);
  }

  /** Refuses factors that make up for the rounding of a base where nothing is rounded. */
  public void requireRounding(CommandSpec spec, PrecisionOption precision) {
    if (!begun() && calibration().start() == FactorInit.LOFTQ && !precision.rounds()) {
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

  /** Refuses layers that are trained whole alone in a layout that has no form for them. */
  public void requireForm(TextRunOptions output) {
    if (savedAlone() && output.layout().equals("peft")) {
      throw Failure.usage(
          "PEFT has no form for an adapter of layers that are trained whole alone. Write another"
              + " layout: --targets none --layout kohya.");
    }
  }

  /** True if the layers are those of an adapter that is trained further. */
  private boolean begun() {
    return from.isPresent() && targets.names().isEmpty();
  }

  /** True if layers are trained whole and none gets factors. */
  boolean savedAlone() {
    return targets.none();
  }

  /** Name of the trained values, for people. */
  public String what() {
    return savedAlone() ? "whole values" : factors.method();
  }

  /** Recipe of the layers and factors, before an adapter of a warm start brings its own. */
  public AdapterRecipe recipe(ToolConvention convention) {
    CalibrationRequest calibration = calibration();
    TargetLayers layers = begun() ? TargetLayers.matching() : targets.layers();
    return factors
        .recipe(convention)
        .targets(layers)
        .start(calibration.start())
        .calibration(calibration.settings())
        .dropouts(new Dropouts(dropout, 0, 0, 0))
        .saved(saved.toArray(String[]::new));
  }

  /**
   * Recipe of the adapter on a base; after a warm start that of the adapter that it begins with.
   *
   * @param base that is trained
   * @param reading reads an adapter for it
   * @param planning what a recipe means for the base
   */
  public AdapterRecipe recipe(
      CommandSpec spec,
      Console console,
      ToolConvention convention,
      TextModel base,
      BiFunction<Path, ReadOptions, LoadedAdapter> reading,
      Function<AdapterRecipe, AdapterPlan> planning) {
    Optional<String> asked = UnusedOptions.given(spec, "--rank");
    AdapterRecipe recipe = recipe(convention);
    if (sharedA.isPresent()) {
      Path file = sharedA.get();
      SharedDown shared =
          new SharedDown(
              file, reading.apply(file, ReadOptions.STRICT), asked.isPresent(), factors.alpha());
      shared.tell(console, UsageBaseModel.of(base));
      recipe = shared.of(recipe);
    }
    AdapterRecipe sized = recipe;
    return from.map(
            file ->
                new FurtherTraining(file, reading.apply(file, ReadOptions.STRICT), asked)
                    .of(console, UsageBaseModel.of(base), sized, planning))
        .orElse(sized);
  }

  private CalibrationRequest calibration() {
    return CalibrationRequest.of(init, ranks, calibrationBatches);
  }

  /**
   * Limits of the length of texts before there is a model: none.
   *
   * @throws IllegalArgumentException if nothing could be learned in them
   */
  public SequenceLimits limits() {
    return new SequenceLimits(Integer.MAX_VALUE, SequenceLimits.Longer.CUT, false);
  }

  /** Options of the steps. */
  public StepOptions steps() {
    return steps;
  }

  /** The adapter that is trained further, if there is one. */
  public Optional<Path> from() {
    return from;
  }

  /** The adapter whose down factors are used, if there is one. */
  public Optional<Path> sharedA() {
    return sharedA;
  }

  /** Share of the texts to validate by. */
  public double heldOut() {
    return heldOut;
  }

  /** Alpha, if it is said. */
  Optional<Double> alpha() {
    return factors.alpha();
  }

  /** False if there are no alphas, or they are those of an adapter that is trained further. */
  boolean alphas() {
    return !begun() && !savedAlone();
  }

  /** Settings of a run of so many steps. */
  public TextTrainingSettings settings(AdapterRecipe recipe, SequenceLimits limits, int count) {
    return new TextTrainingSettings(recipe, steps.settings(count), limits, steps.batch(), heldOut);
  }
}
