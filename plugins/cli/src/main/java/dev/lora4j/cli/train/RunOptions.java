package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunFormat;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.RunValues;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.StoreAddress;
import dev.lora4j.diffusion.config.StoreFiles;
import dev.lora4j.diffusion.config.aitoolkit.AiToolkitFormat;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Options of a training run: a run file, options, or both, where options win. */
final class RunOptions {
  /** Keys that name a base as --base does. */
  private static final Set<String> BASES = Set.of("base", "pretrained_model_name_or_path");

  /** Forms of other trainers' run files that are no TOML. */
  private static final List<RunFormat> FORMATS = List.of(new AiToolkitFormat());

  private static final Set<String> OF_BASES =
      Set.of(
          "--set",
          "--device",
          "--threads",
          "--resume",
          "--overwrite",
          "--json",
          "--debug",
          "--plugins");

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN.toml",
      description =
          "Settings of the run; docs/training-keys.md has all keys. Files of sd-scripts (TOML) and"
              + " ai-toolkit (YAML) are read as they are.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set any key of a run file; may be given several times.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "Start from style, character, quick, tiny, few-steps or slider, instead of what RUN.toml starts"
              + " from; what else is said wins (default without RUN.toml: style with --base, else tiny).")
  private Optional<String> preset = Optional.empty();

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Pictures, each with its caption in a .txt file of the same name.")
  private Optional<String> images = Optional.empty();

  @Option(
      names = "--regularisation",
      paramLabel = "DIR",
      description = "Pictures of the class, which keep the base what it was.")
  private Optional<String> regularisation = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.safetensors",
      description = "The adapter to write; FILE.run beside it gets all that is kept on the way.")
  private Optional<String> out = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "NAME[:KEY=VALUE,...]",
      completionCandidates = Names.OfMethods.class,
      description =
          "${COMPLETION-CANDIDATES} (default: lora), and settings of it, as in lokr:factor=8.")
  private Optional<String> method = Optional.empty();

  @Option(
      names = "--shared-a",
      paramLabel = "FILE",
      description =
          "LoRA whose A (down factors) is used as it is, so that adapters share it; B alone is"
              + " trained.")
  private Optional<String> sharedA = Optional.empty();

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      description = "Which layers: style, attention, attention-feed-forward, linear, all, ...")
  private Optional<String> targets = Optional.empty();

  @Option(names = "--rank", paramLabel = "N", description = "Size of the factors.")
  private Optional<String> rank = Optional.empty();

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description = "Divided by the rank it scales the adapter (default: the rank).")
  private Optional<String> alpha = Optional.empty();

  @Option(names = "--steps", paramLabel = "N", description = "Changes of the weights.")
  private Optional<String> steps = Optional.empty();

  @Option(names = "--epochs", paramLabel = "N", description = "Passes over the pictures instead.")
  private Optional<String> epochs = Optional.empty();

  @Option(names = "--batch", paramLabel = "N", description = "Pictures per step.")
  private Optional<String> batch = Optional.empty();

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      completionCandidates = Names.OfOptimizers.class,
      description =
          "${COMPLETION-CANDIDATES} (default: adamw), and settings of it, as in adamw:weight_decay=0.")
  private Optional<String> optimizer = Optional.empty();

  @Option(
      names = "--optimizer-state",
      paramLabel = "PLACE",
      description =
          "Where its state lies: memory, or mapped, a file beside the checkpoints (default: by the"
              + " name, mapped for paged ones).")
  private Optional<String> state = Optional.empty();

  @Option(names = "--lr", paramLabel = "X", description = "Learning rate at its highest.")
  private Optional<String> rate = Optional.empty();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Share of captions left out, so that guidance keeps working.")
  private Optional<String> dropout = Optional.empty();

  @Option(
      names = "--trigger",
      paramLabel = "WORD",
      description = "A word that calls the adapter; put before captions that lack it.")
  private Optional<String> trigger = Optional.empty();

  @Option(
      names = "--caption-chunks",
      paramLabel = "N",
      description = "How many times 75 tokens of a caption count (default: 1).")
  private Optional<String> chunks = Optional.empty();

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
   * Reads all settings, and notes keys without effect on {@code console}.
   *
   * @throws ParameterException if only the command line can be wrong
   */
  RunSettings settings(Console console) {
    return settings(console, StoreFiles.NONE);
  }

  /** The same with copies of what has an address. */
  RunSettings settings(Console console, StoreFiles stores) {
    try {
      return said(console, stores);
    } catch (RunProblems e) {
      if (file.isPresent()) {
        throw e;
      }
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private RunSettings said(Console console, StoreFiles stores) {
    if (describesBase()) {
      throw new Failure(file.orElseThrow() + " makes a base; only train takes such a file.");
    }
    SettingLayers layers = new SettingLayers(KohyaOptions::new, stores);
    Map<String, String> assigned = assignments();
    if (file.isPresent()) {
      read(ExistingPath.file(file.get()), layers);
    } else {
      boolean named = model.base.isPresent() || BASES.stream().anyMatch(assigned::containsKey);
      Presets.read(preset.orElse(named ? "style" : "tiny"), layers);
    }
    say(layers, "--images", "images", images.map(RunOptions::absolute));
    say(layers, "--regularisation", "regularisation", regularisation.map(RunOptions::absolute));
    say(layers, "--output", "output", out);
    sayExtension(layers, "--method", "adapter.method", "adapter.settings", method, assigned);
    say(layers, "--shared-a", "adapter.shared_a", sharedA);
    say(layers, "--targets", "adapter.targets", targets);
    say(layers, "--rank", "adapter.rank", rank);
    say(layers, "--alpha", "adapter.alpha", alpha);
    say(layers, "--steps", "steps", steps);
    say(layers, "--epochs", "epochs", epochs);
    say(layers, "--batch", "batch", batch);
    sayExtension(
        layers, "--optimizer", "optimizer.name", "optimizer.settings", optimizer, assigned);
    say(layers, "--optimizer-state", "optimizer.state", state);
    say(layers, "--lr", "optimizer.lr", rate);
    dropout.ifPresent(RunOptions::requireShare);
    dropout.ifPresent(x -> layers.set("data.caption_dropout_rate", number(x), "--dropout"));
    say(layers, "--caption-chunks", "caption_chunks", chunks);
    say(layers, "--seed", "seed", seed);
    say(layers, "--dtype", "dtype", stored);
    if (trigger.isPresent()) {
      layers.set("data.trigger", trigger.get(), "--trigger");
      layers.set("trigger_words", List.of(trigger.get()), "--trigger");
    }
    if (!previews.isEmpty()) {
      layers.set("previews.prompts", List.copyOf(previews), "--preview");
    }
    assigned.forEach((key, text) -> layers.setText(key, text, "--set"));
    model.base.ifPresent(b -> layers.set("base", b.toString(), "--base"));
    model.config.ifPresent(c -> layers.set("base_config", c.toString(), "--base-config"));
    model.denoiser.ifPresent(d -> layers.set("denoiser", d.toString(), "--denoiser"));
    model.prediction.ifPresent(p -> layers.set("prediction", p.name(), "--prediction"));
    if (model.compute != ModelOptions.Compute.auto) {
      layers.set("compute", model.compute.name(), "--compute");
    }
    model.precision.name.ifPresent(n -> layers.set("base_precision", n, "--base-precision"));
    model.memory.size.ifPresent(s -> layers.set("weights_memory", s, "--weights-memory"));
    RunValues values = layers.values();
    layers.notes().forEach(console::note);
    RunSettings settings = RunSettings.of(values);
    model.base = settings.base();
    model.config = settings.baseConfig();
    model.denoiser = settings.denoiser();
    model.prediction =
        settings.prediction().map(p -> ModelOptions.Predicting.valueOf(lower(p.name())));
    if (model.compute == ModelOptions.Compute.auto) {
      settings
          .precision()
          .ifPresent(type -> model.compute = ModelOptions.Compute.valueOf(lower(type.name())));
    }
    model.precision.name = values.find(RunKeys.BASE_PRECISION);
    model.memory.size = values.find(RunKeys.WEIGHTS_MEMORY);
    return settings;
  }

  private void read(Path path, SettingLayers layers) {
    Optional<RunFormat> format = format(path);
    if (format.isPresent()) {
      preset.ifPresent(name -> Presets.read(name, layers));
      RunFile.read(path, layers, format.get());
    } else {
      preset.ifPresentOrElse(
          name -> RunFile.read(path, layers, name), () -> RunFile.read(path, layers));
    }
  }

  private static Optional<RunFormat> format(Path path) {
    return FORMATS.stream().filter(f -> f.reads(String.valueOf(path.getFileName()))).findFirst();
  }

  /** A name, and the settings behind it if there are any. */
  private static void sayExtension(
      SettingLayers layers,
      String option,
      String name,
      String settings,
      Optional<String> said,
      Map<String, String> assigned) {
    if (said.isEmpty()) {
      return;
    }
    ExtensionRequest asked = Failure.usage(option, () -> ExtensionRequest.parse(said.get()));
    layers.set(name, asked.name(), option);
    if (asked.settings().isEmpty()) {
      return;
    }
    if (assigned.containsKey(settings)) {
      throw Failure.usage(
          "Settings of "
              + asked.name()
              + " stand behind its name and in --set "
              + settings
              + "; say them once.");
    }
    layers.set(settings, asked.settings(), option);
  }

  private Map<String, String> assignments() {
    Map<String, String> all = new LinkedHashMap<>();
    for (String one : set) {
      String[] parts = one.split("=", 2);
      if (parts.length != 2 || parts[0].isBlank()) {
        throw Failure.usage("--set takes KEY=VALUE, found " + one + ".");
      }
      all.put(parts[0].strip(), parts[1].strip());
    }
    return all;
  }

  private boolean describesBase() {
    return file.isPresent()
        && format(file.get()).isEmpty()
        && RunFile.describesBase(ExistingPath.file(file.get()));
  }

  /**
   * The run that the file describes, if it is one that makes a base.
   *
   * @throws ParameterException if there are options of styles beside it
   */
  Optional<BaseRun> base() {
    if (!describesBase()) {
      return Optional.empty();
    }
    List<String> others =
        spec.commandLine().getParseResult().matchedOptions().stream()
            .map(OptionSpec::longestName)
            .filter(name -> !OF_BASES.contains(name))
            .toList();
    if (!others.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          file.orElseThrow()
              + " makes a base, whose settings are those of the file and --set; "
              + String.join(", ", others)
              + (others.size() == 1 ? " is" : " are")
              + " for styles.");
    }
    return Optional.of(BaseRun.read(file.orElseThrow(), assignments()));
  }

  private static void say(SettingLayers layers, String option, String key, Optional<String> value) {
    value.ifPresent(v -> layers.set(key, v, option));
  }

  private static String lower(String constant) {
    return constant.toLowerCase(Locale.ROOT);
  }

  private static String absolute(String path) {
    return StoreAddress.is(path) ? path : Path.of(path).toAbsolutePath().toString();
  }

  private static void requireShare(String text) {
    if (!(number(text) instanceof Double share && share >= 0 && share <= 1)) {
      throw Failure.usage("--dropout must be from 0 to 1, found " + text + ".");
    }
  }

  private static Object number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
