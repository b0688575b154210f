package dev.lora4j.vision.command;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.vision.MergedVisionModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command that writes a ResNet with adapters in its weights. */
@picocli.CommandLine.Command(
    name = "merge",
    sortOptions = false,
    description = {
      "Write a ResNet with adapters in its weights and with the head that they bring.",
      "It is what the base is: a .safetensors file with torchvision's names, whose header has the"
          + " classes and the size of pictures, or a folder in the layout of transformers."
    })
final class VisionMerge implements Command {
  /** The types that weights are written in. */
  enum Stored {
    f32,
    f16,
    bf16
  }

  @Mixin private final VisionModelOptions options = new VisionModelOptions();

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
      paramLabel = "PATH",
      required = true,
      description = "The .safetensors file to write if the base is one, else the folder.")
  private Path out = Path.of("");

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "Write weights in f32, f16 or bf16 (default: in the base's own types).")
  private Optional<Stored> precision = Optional.empty();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    List<String> labels = options.classes(loras);
    requireOutput();
    int changed;
    try (VisionModelOptions.Open open = options.open(console, labels, 0, VisionMix.files(loras))) {
      MixPlan mix = VisionMix.of(console, loras, open.model());
      changed = MergedVisionModel.write(open.model(), mix, open.preparation(), this::stored, out);
    }
    console.print(
        json
            ? new Json()
                .put("model", out.toString())
                .put("weightsChanged", changed)
                .put("classes", labels)
                .put("precision", precision.map(Stored::name).orElse("base"))
                .toString()
            : out
                + "  "
                + changed
                + " weights changed, written in "
                + precision.map(Stored::name).orElse("the base's types")
                + ", for "
                + String.join(", ", labels));
    return 0;
  }

  private void requireOutput() {
    if (Files.isDirectory(options.base())) {
      OutputFile.freshFolder(out);
      return;
    }
    OutputFile.require(out, ".safetensors");
    OutputFile.requireOther(out, options.base(), "the base");
    loras.forEach(lora -> OutputFile.requireOther(out, lora.file(), "an adapter"));
  }

  private DType stored(DType own) {
    return precision.map(p -> DType.valueOf(p.name().toUpperCase(Locale.ROOT))).orElse(own);
  }
}
