package dev.lora4j.cli;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a language model with adapters in its weights. */
@picocli.CommandLine.Command(
    name = "merge",
    sortOptions = false,
    description =
        "Write a language model with adapters in its weights, as a folder of transformers.")
final class TextMerge implements Command {
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
      required = true,
      converter = LoraOption.Reader.class,
      description = "Adapter, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write.")
  private Path out = Path.of("");

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "Write weights in f32, f16 or bf16 (default: ${DEFAULT-VALUE}).",
      defaultValue = "bf16")
  private Stored precision = Stored.bf16;

  @Override
  public int run(Console console) {
    OutputFile.freshFolder(out);
    try (OpenText open = OpenText.of(console, options)) {
      TextModel base = open.model().base();
      MixPlan plan = open.plan(console, loras).route(Route.PATCHED);
      try (Scope scope = base.scope().child("merge")) {
        BatchMix mix = new BatchMix(List.of(plan), base.sites(), TextModel.MODEL);
        Map<String, Tensor> changed =
            mix.patched(scope, open.model().programs().patch(), base.weights(), 0)
                .at(plan.at(0, 1));
        DType stored = DType.valueOf(precision.name().toUpperCase(Locale.ROOT));
        TextModelWriter.write(base, changed, stored, out);
        console.print(out + "  " + changed.size() + " weights changed, written in " + stored);
      }
    }
    return 0;
  }
}
