package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.preference.PairLoss;
import dev.lora4j.diffusion.preference.PairObjective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of an adapter that learns from pairs, and of its training. */
final class AlignOptions {
  private static final String RANK = "8";

  /** Of the bundled base: errors of few numbers differ by more, from pair to pair too. */
  private static final double SMALL_BETA = 200;

  /** Names of the losses on the command line. */
  enum Loss {
    sigmoid,
    hinge,
    ipo
  }

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "Loss of a pair: sigmoid (Diffusion-DPO), hinge or ipo (default: ${DEFAULT-VALUE}).",
      defaultValue = "sigmoid")
  private Loss loss = Loss.sigmoid;

  @Option(
      names = "--beta",
      paramLabel = "X",
      description =
          "How much the distance from the reference costs (default: 2500, as diffusers has it, half"
              + " of the paper's; 200 on the bundled base, whose latents are small).")
  private Optional<Double> beta = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.safetensors",
      required = true,
      description = "The adapter to write; FILE.run beside it gets all that is kept on the way.")
  private String out = "";

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "Adapter to train further. It is the reference as it is now, and draws for --judge"
              + " (default: a fresh one, whose reference is the base).")
  private Optional<Path> from = Optional.empty();

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: 8, or that of --from).")
  private Optional<String> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Divided by the rank it scales the adapter (default: the rank).")
  private Optional<String> alpha = Optional.empty();

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      description = "Which layers: style, attention, attention-feed-forward, linear, all, ...")
  private Optional<String> targets = Optional.empty();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Changes of the weights (default: 300; 120 on the bundled base).")
  private Optional<String> steps = Optional.empty();

  @Option(names = "--batch", paramLabel = "N", description = "Pairs per step.")
  private Optional<String> batch = Optional.empty();

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Learning rate at its highest (default: 5e-4; 1e-3 on the bundled base).")
  private Optional<String> rate = Optional.empty();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Share of captions left out (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private double dropout;

  @Option(
      names = "--held-out",
      paramLabel = "X",
      description =
          "Share of the pairs, by whole prompts, that are not trained on and show whether what is"
              + " preferred is learned (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.1")
  private double heldOut = 0.1;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description = "Steps between looks at the pairs held out (default: 50).")
  private Optional<String> every = Optional.empty();

  @Option(
      names = "--keep-best",
      description = "Write the factors with the least loss of the pairs held out.")
  private boolean keepBest;

  @Option(
      names = "--preview",
      paramLabel = "TEXT",
      description =
          "Make pictures of this while training; may be given several times (default: the captions"
              + " of up to 4 of the pictures).")
  private List<String> previews = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Of everything random (default: 0).")
  private Optional<String> seed = Optional.empty();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "Type of the stored factors: f16, bf16, f32 (default: f16).")
  private Optional<String> stored = Optional.empty();

  @Mixin final ModelOptions model = new ModelOptions();

  /** Objective of the run. */
  PairObjective objective() {
    return Failure.usage(
        "--beta",
        () ->
            new PairObjective(
                PairLoss.valueOf(loss.name().toUpperCase(Locale.ROOT)),
                beta.orElse(bundled() ? SMALL_BETA : PairObjective.BETA)));
  }

  private boolean bundled() {
    return model.base.isEmpty();
  }

  Optional<Path> from() {
    return from;
  }

  double heldOut() {
    double share = share("--held-out", heldOut);
    if (share == 0) {
      UnusedOptions.refuseWithout(
          spec, List.of("--keep-best", "--validate-every"), "pairs that are held out (--held-out)");
    }
    return share;
  }

  double dropout() {
    return share("--dropout", dropout);
  }

  private double share(String option, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least 0 and below 1, found " + value + ".");
    }
    return value;
  }

  /**
   * The settings of the training.
   *
   * @throws ParameterException if an option is wrong
   */
  RunSettings settings(Console console) {
    try {
      SettingLayers layers = new SettingLayers();
      Presets.read(bundled() ? "tiny" : "style", layers);
      layers.set("output", out, "--output");
      from.ifPresent(file -> layers.set("adapter.warm_start", file.toString(), "--from"));
      say(layers, "--targets", "adapter.targets", targets);
      say(layers, "--rank", "adapter.rank", rank.or(() -> usual(RANK)));
      say(layers, "--alpha", "adapter.alpha", alpha);
      say(layers, "--steps", "steps", steps.or(() -> Optional.of(bundled() ? "120" : "300")));
      say(layers, "--batch", "batch", batch);
      say(layers, "--lr", "optimizer.lr", rate.or(() -> Optional.of(bundled() ? "1e-3" : "5e-4")));
      say(layers, "--validate-every", "validation.every", every);
      if (keepBest) {
        layers.set("validation.keep_best", true, "--keep-best");
      }
      say(layers, "--seed", "seed", seed);
      say(layers, "--dtype", "dtype", stored);
      if (!previews.isEmpty()) {
        layers.set("previews.prompts", List.copyOf(previews), "--preview");
      }
      model.base.ifPresent(b -> layers.set("base", b.toString(), "--base"));
      RunSettings settings = RunSettings.of(layers.values());
      layers.notes().forEach(console::note);
      return settings;
    } catch (RunProblems e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<String> usual(String value) {
    return from.isPresent() ? Optional.empty() : Optional.of(value);
  }

  private static void say(SettingLayers layers, String option, String key, Optional<String> value) {
    value.ifPresent(v -> layers.set(key, v, option));
  }
}
