package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.ComputeType;
import dev.lora4j.cli.model.ContextOption;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.cli.model.PrecisionOption;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.tinylm.TinyLm;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the language model and its computation. */
final class TextModelOptions {
  /** Default length of the longest text. */
  private static final int LENGTH = 1024;

  /** The types to compute in. */
  enum Compute {
    f32,
    bf16,
    auto
  }

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description =
          "Language model: a folder in the layout of transformers, with config.json, safetensors"
              + " and a tokenizer, or a .gguf file (default: the bundled one).")
  Optional<Path> base = Optional.empty();

  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      description =
          "Compute in f32, bf16 or auto (default: ${DEFAULT-VALUE}); auto measures once which of them"
              + " is faster here.",
      defaultValue = "f32")
  Compute compute = Compute.f32;

  @Mixin final PrecisionOption precision = new PrecisionOption();

  @Mixin final ContextOption context = new ContextOption();

  @Mixin final DeviceOption where;

  /** Options of their own. */
  TextModelOptions() {
    this(new DeviceOption());
  }

  /** The bundled model, on the device of other options. */
  TextModelOptions(DeviceOption where) {
    this.where = where;
  }

  /** The type to compute in. */
  DType type(Console console, Engine engine) {
    Optional<DType> asked =
        switch (compute) {
          case f32 -> Optional.of(DType.F32);
          case bf16 -> Optional.of(DType.BF16);
          case auto -> Optional.empty();
        };
    return ComputeType.of(console, engine, asked);
  }

  /**
   * Tokens of the longest text.
   *
   * @param asked length of the options; else that of the model, at most 1024
   */
  static int length(TextModel base, Optional<Integer> asked) {
    return length(base.path(), base.network().longest(), asked);
  }

  private static int length(Path base, int reads, Optional<Integer> asked) {
    int most = asked.orElseGet(() -> Math.min(reads, LENGTH));
    if (most < 2) {
      throw Failure.usage("--max-length must be at least 2, found " + most + ".");
    }
    if (most > reads) {
      throw new Failure(
          "--max-length is "
              + most
              + ", but "
              + base
              + " reads at most "
              + reads
              + " tokens. Take that or less.");
    }
    return most;
  }

  /**
   * The network without its weights; what is no language model is refused before an engine is
   * opened.
   */
  LanguageNetwork outline() {
    return TextModelOutline.network(path(), loading(DType.F32));
  }

  /** How the model is loaded, to compute in a type. */
  TextLoadOptions loading(DType compute) {
    return context.of(TextLoadOptions.in(precision.of(compute)));
  }

  /** Refuses texts longer than the model reads, before it is loaded. */
  void requireLength(Optional<Integer> asked) {
    length(path(), outline().longest(), asked);
  }

  /**
   * Refuses adapters that the model has no layers for, before it is loaded.
   *
   * @param labels number of classes of its future head; 0 for the head that it has
   */
  void requireFits(List<Path> adapters, int labels) {
    if (!adapters.isEmpty()) {
      Family layers = TextModelOutline.layers(path(), String.valueOf(path().getFileName()), labels);
      adapters.forEach(file -> AdapterFiles.read(file, layers));
    }
  }

  /** Refuses adapters that the model has no layers for as an encoder, before it is loaded. */
  void requireFitsEncoder(List<Path> adapters) {
    if (!adapters.isEmpty()) {
      String name = String.valueOf(path().getFileName());
      Family layers = TextModelOutline.encoderLayers(path(), name);
      adapters.forEach(file -> AdapterFiles.read(file, layers));
    }
  }

  /**
   * Refuses adapters that the model has no layers for with a head for words, before it is loaded.
   *
   * @param tags number of classes of that head
   */
  void requireFitsWords(List<Path> adapters, int tags) {
    if (!adapters.isEmpty()) {
      String name = String.valueOf(path().getFileName());
      Family layers = TextModelOutline.layers(path(), name, new ClassifierHead(tags, 0, true));
      adapters.forEach(file -> AdapterFiles.read(file, layers));
    }
  }

  /** Folder or file of the model. */
  Path path() {
    return base.map(TextModelOptions::existing).orElseGet(TinyLm::folder);
  }

  private static Path existing(Path path) {
    return GgufFile.named(path) ? ExistingPath.any(path) : ExistingPath.folder(path);
  }
}
