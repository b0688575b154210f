package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.MergedTextModel;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a language model with adapters in its weights. */
@picocli.CommandLine.Command(
    name = "merge",
    sortOptions = false,
    description =
        "Write a language model with adapters in its weights, as a folder of transformers.")
final class TextMerge implements Command {
  /** The layout of whole models, beside those of adapters. */
  static final String LAYOUT = "transformers";

  /** The types that weights are written in. */
  enum Stored {
    f32,
    f16,
    bf16
  }

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter, and its weight (default: 1). May be given several times; without any the model"
              + " is written as it is, in another precision.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "Write weights in f32, f16 or bf16 (default: ${DEFAULT-VALUE}).",
      defaultValue = "bf16")
  private Stored precision = Stored.bf16;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    LoraOption.requireForTexts(loras);
    LanguageNetwork outline = options.outline();
    OutputFile.freshFolder(out);
    DType stored = DType.valueOf(precision.name().toUpperCase(Locale.ROOT));
    int changed = written(console, outline, stored);
    console.print(
        json
            ? new Json()
                .put("model", out.toString())
                .put("weightsChanged", changed)
                .put("precision", stored.toString())
                .toString()
            : out + "  " + changed + " weights changed, written in " + stored);
    return 0;
  }

  /** Writes the model as what it is with the heads that adapters bring; returns changed weights. */
  private int written(Console console, LanguageNetwork outline, DType stored) {
    if (OpenTagger.wanted(options, loras)) {
      return tags(console, stored);
    }
    if (loras.stream().anyMatch(l -> !AdapterClasses.of(l.file()).isEmpty())) {
      return classes(console, stored);
    }
    if (outline instanceof EncoderNetwork encoder) {
      return encoder.labels().isEmpty() || encoder.perToken()
          ? sentences(console, stored)
          : classes(console, stored);
    }
    return SentenceEncoder.reads(options.path())
        ? sentences(console, stored)
        : words(console, stored);
  }

  private int tags(Console console, DType stored) {
    try (OpenTagger open = OpenTagger.of(console, options, loras)) {
      return MergedTextModel.write(
          open.model().base(), open.model().tags(), open.plan(console, loras), stored, out);
    }
  }

  private int words(Console console, DType stored) {
    try (OpenText open = OpenText.of(console, options, loras)) {
      return MergedTextModel.write(
          open.model().base(), List.of(), open.plan(console, loras), stored, out);
    }
  }

  private int sentences(Console console, DType stored) {
    try (OpenEncoder open = OpenEncoder.of(console, options, new PromptOptions(), loras)) {
      return MergedTextModel.write(
          open.model().model().base(), List.of(), open.plan(console, loras), stored, out);
    }
  }

  private int classes(Console console, DType stored) {
    try (OpenClassifier open = OpenClassifier.of(console, options, loras)) {
      return MergedTextModel.write(
          open.model().base(), open.model().labels(), open.plan(console, loras), stored, out);
    }
  }
}
