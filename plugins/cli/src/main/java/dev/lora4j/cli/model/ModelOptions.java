package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the base model and its computation. */
public final class ModelOptions {
  /** The types that networks can compute in. */
  public enum Compute {
    f32,
    bf16,
    f16,
    auto
  }

  /** Prediction types of denoisers. */
  public enum Predicting {
    epsilon,
    v_prediction,
    flow
  }

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description =
          "Base model: a folder in the layout of diffusers, or a checkpoint in one file as Stable"
              + " Diffusion 1, 2 and XL were published (default: the bundled one).")
  public Optional<Path> base = Optional.empty();

  @Option(
      names = "--base-config",
      paramLabel = "DIR",
      description =
          "Configurations and tokenisers for a base in one file, from a folder in the layout of"
              + " diffusers; without it, sizes are taken from the weights.")
  public Optional<Path> config = Optional.empty();

  @Option(
      names = "--denoiser",
      paramLabel = "FILE",
      description =
          "File whose denoiser takes the place of the base's, with all else of --base: .safetensors"
              + " or .gguf, under the names of first publication or of diffusers.")
  public Optional<Path> denoiser = Optional.empty();

  @Option(
      names = "--prediction",
      paramLabel = "KIND",
      description =
          "What the base predicts, if it is not what the base says: ${COMPLETION-CANDIDATES}"
              + " (epsilon is the noise, v_prediction the velocity).")
  public Optional<Predicting> prediction = Optional.empty();

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, which measures once"
              + " whether f32 or bf16 is faster here); f16 is for cards alone.",
      defaultValue = "auto")
  public Compute compute = Compute.auto;

  @Mixin public final PrecisionOption precision = new PrecisionOption();

  @Mixin public final WeightsMemoryOption memory = new WeightsMemoryOption();

  @Mixin public final DeviceOption where = new DeviceOption();

  /** Words of the command line that choose the base and its prediction type. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    config.ifPresent(c -> words.addAll(List.of("--base-config", c.toString())));
    denoiser.ifPresent(d -> words.addAll(List.of("--denoiser", d.toString())));
    prediction.ifPresent(p -> words.addAll(List.of("--prediction", p.toString())));
    words.addAll(precision.words());
    words.addAll(memory.words());
    return words;
  }

  /** The same with the type that networks compute in, for another machine to open the same. */
  public List<String> words(DType type) {
    List<String> words = new ArrayList<>(words());
    words.addAll(List.of("--compute", type.toString().toLowerCase(Locale.ROOT)));
    return words;
  }

  /** The options that {@link #words} names. */
  public static ModelOptions of(List<String> words) {
    Words read = new Words();
    new CommandLine(read).parseArgs(words.toArray(String[]::new));
    return read.options;
  }

  /** Nothing but the options. */
  @CommandLine.Command
  private static final class Words {
    @Mixin private final ModelOptions options = new ModelOptions();
  }

  /**
   * Words for other machines, which measure nothing themselves: with the type to compute in, the
   * faster one on this machine if the options name none.
   */
  public List<String> settled(Console console) {
    if (type().isPresent()) {
      return words(type().get());
    }
    try (Lora4j lora = where.open(console)) {
      return words(ComputeType.of(console, lora.engine(), Optional.empty()));
    }
  }

  /** The type to compute in; empty for the faster one. */
  Optional<DType> type() {
    return switch (compute) {
      case f32 -> Optional.of(DType.F32);
      case bf16 -> Optional.of(DType.BF16);
      case f16 -> Optional.of(DType.F16);
      case auto -> Optional.empty();
    };
  }

  /** Folder or file of the base. */
  Path path() {
    return base.map(ExistingPath::any).orElseGet(BundledModel::folder);
  }

  /**
   * Reads the base's outline without loading it; refuses what is no base before an engine is
   * opened.
   */
  public BaseOutline outline() {
    if (compute == Compute.f16 && !where.card()) {
      throw Failure.usage(
          "Networks are not computed in f16 on the CPU; take --compute f32 or bf16, or a card.");
    }
    return BaseOutline.of(path(), loading(DType.F32));
  }

  /** Refuses pictures that a base does not make. */
  public static void requireFits(BaseOutline base, List<Prompt> prompts) {
    prompts.forEach(
        prompt -> {
          try {
            prompt.requireFits(base);
          } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
          }
        });
  }

  /** Options of loading it. */
  LoadOptions loading(DType type) {
    if (config.isPresent() && (base.isEmpty() || Files.isDirectory(base.get()))) {
      throw Failure.usage(
          "--base-config is for a base in one file; a folder has configurations of its own.");
    }
    return new LoadOptions(
        precision.of(type),
        prediction.map(p -> SchedulerConfig.Prediction.named(p.name())),
        config.map(ExistingPath::folder),
        denoiser.map(ExistingPath::any),
        memory.bytes());
  }
}
