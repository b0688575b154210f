package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of the adapter that learns from others, and of its training. */
final class StudentOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.safetensors",
      required = true,
      description = "The adapter to write; FILE.run beside it gets all that is kept on the way.")
  private String out = "";

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: the greatest of the teachers).")
  private Optional<String> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Divided by the rank it scales the adapter (default: the rank).")
  private Optional<String> alpha = Optional.empty();

  @Option(names = "--steps", paramLabel = "N", description = "Changes of the weights.")
  private Optional<String> steps = Optional.empty();

  @Option(names = "--batch", paramLabel = "N", description = "Pictures per step.")
  private Optional<String> batch = Optional.empty();

  @Option(names = "--lr", paramLabel = "X", description = "Learning rate at its highest.")
  private Optional<String> rate = Optional.empty();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description =
          "Share of captions left out, so that guidance keeps working (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "0.1")
  double dropout = 0.1;

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

  /**
   * The settings of the training.
   *
   * @param usual rank without an option for it
   * @throws ParameterException if an option is wrong
   */
  RunSettings settings(Console console, long usual) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--dropout must be at least 0 and below 1, found " + dropout + ".");
    }
    try {
      SettingLayers layers = new SettingLayers();
      Presets.read(model.base.isPresent() ? "style" : "tiny", layers);
      layers.set("output", out, "--output");
      say(layers, "--rank", "adapter.rank", rank.or(() -> Optional.of(Long.toString(usual))));
      say(layers, "--alpha", "adapter.alpha", alpha);
      say(layers, "--steps", "steps", steps);
      say(layers, "--batch", "batch", batch);
      say(layers, "--lr", "optimizer.lr", rate);
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

  private static void say(SettingLayers layers, String option, String key, Optional<String> value) {
    value.ifPresent(v -> layers.set(key, v, option));
  }
}
