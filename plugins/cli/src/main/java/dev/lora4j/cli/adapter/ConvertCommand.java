package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.model.BaseName;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.pruning.MagnitudePruning;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.packed.PackedModel;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes an adapter in another layout. */
@Extension(
    point = Command.class,
    name = "convert",
    help = "Write an adapter in another layout, or a model packed by GPTQ or AWQ as numbers.")
@picocli.CommandLine.Command(
    name = "convert",
    sortOptions = false,
    description = {
      "Write an adapter in another layout, or with another element type; or a model whose weights"
          + " GPTQ or AWQ packed as a folder of numbers, which all commands take.",
      "What is written of an adapter is read back and compared before the command says that it is done."
    })
public final class ConvertCommand implements Command {
  private static final String GGUF = "gguf";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "IN",
      converter = StoredAdapterFile.Reader.class,
      description =
          "The adapter: a .safetensors file, a folder as PEFT saves it, or a .gguf file of"
              + " llama.cpp. Or the folder of a packed model.")
  private Path in = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "OUT",
      description =
          "A .safetensors file; for peft and for models a folder that is not there yet or empty; for"
              + " gguf a .gguf file.")
  private Optional<Path> out = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "The same.")
  private Optional<Path> output = Optional.empty();

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description =
          "kohya: read by most programs for pictures. diffusers: LoRA and DoRA for diffusers and"
              + " ComfyUI. peft: a folder, one for each model of several. gguf: LoRA of a language"
              + " model for llama.cpp. lora4j: without zeros, for lora4j alone (default: gguf for a .gguf file, peft for a folder).")
  private Optional<String> layout = Optional.empty();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "f32, f16 or bf16; each value is rounded once (default: as it is).")
  private Optional<Type> dtype = Optional.empty();

  @Option(
      names = "--base",
      paramLabel = "BASE",
      description =
          "Read the adapter for this base: a model's folder or file, or a kind, such as sd15,"
              + " sd21, sdxl, sd3 or flux (default: the kind that fits).")
  private Optional<String> base = Optional.empty();

  @Mixin private PartialOption partial = new PartialOption();

  @Option(
      names = "--fold-alpha",
      description =
          "Multiply scales into the factors, so that programs which know no alpha apply them"
              + " rightly.")
  private boolean fold;

  @Option(
      names = "--rewrite",
      description =
          "Write what the layout has no form for in the nearest one it has, rather than refuse it:"
              + " LyCORIS's DoRA as PEFT's and the other way.")
  private boolean rewrite;

  @Option(
      names = "--density",
      paramLabel = "SHARE",
      description =
          "Of each factor of a LoRA keep this share of its numbers, the largest, and make the"
              + " others 0: above 0, up to 1 (default: all as they are).")
  private Optional<Double> density = Optional.empty();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  /** Element types, in the words of the command line. */
  @SuppressWarnings("MemberName")
  enum Type {
    f32,
    f16,
    bf16;

    DType dtype() {
      return DType.valueOf(name().toUpperCase(Locale.ROOT));
    }
  }

  @Override
  public int run(Console console) {
    ExistingPath.any(in);
    Path target = target();
    if (PackedModel.is(in)) {
      UnusedOptions.refuse(
          spec,
          List.of(
              "--layout", "--base", "--allow-partial", "--fold-alpha", "--rewrite", "--density"),
          in + ", which is a model and no adapter");
      return new PackedBaseConversion(in, target, dtype.map(Type::dtype)).run(console, json);
    }
    AdapterWriter writer = writer(target);
    Optional<MagnitudePruning> pruning =
        density.map(share -> Failure.usage(() -> new MagnitudePruning(share)));
    if (writer.folder()) {
      OutputFile.freshFolder(target);
    } else {
      OutputFile.require(target, writer.ending());
      OutputFile.requireOther(target, in, "read");
    }
    Optional<Family> family =
        base.map(BaseName::family).or(() -> writer.name().equals(GGUF) ? said() : Optional.empty());
    LoadedAdapter read = AdapterReading.examine(in, family, partial.options()).loaded();
    read.warnings().forEach(w -> console.note("Warning: " + Printable.of(w, 640)));
    Adapter adapter = pruning.map(p -> p.of(read.adapter())).orElse(read.adapter());
    AdapterOutput.Written written =
        AdapterOutput.write(adapter, read.family(), writer, options(), target);
    if (pruning.isPresent()) {
      List<String> changes = new ArrayList<>(written.changes());
      changes.add("Zeros after pruning: " + ZeroCount.of(adapter).text() + ".");
      written = new AdapterOutput.Written(target, written.adapter(), changes);
    }
    LoadedAdapter back = AdapterFiles.read(target, read.family());
    ConversionReport report = new ConversionReport(in, read, writer.name(), written, back);
    if (json) {
      console.print(report.json().toString());
    } else {
      console.print(report.lines());
    }
    if (report.unexplained()) {
      throw new Failure(
          target
              + " was written, but reads back as another adapter than it should. This is a fault of"
              + " this program; please report it, and do not use the file.");
    }
    return 0;
  }

  private Path target() {
    if (out.isPresent() && output.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "Say where to write once: " + out.get() + " or " + output.get() + ".");
    }
    return out.or(() -> output)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(), "Missing required parameter: 'OUT', where to write"));
  }

  /** The layout that is asked for, or the only one that a file of this name can have. */
  private AdapterWriter writer(Path target) {
    boolean plain = String.valueOf(target.getFileName()).endsWith(".safetensors");
    if (layout.isEmpty() && plain) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing required option: '--layout=LAYOUT', kohya or diffusers for " + target);
    }
    String name = layout.orElseGet(() -> GgufFile.named(target) ? GGUF : "peft");
    return Failure.usage(() -> AdapterWriters.named(name));
  }

  /** Layers of the base that PEFT's configuration names, if it is a folder that is here. */
  private Optional<Family> said() {
    Path config = in.resolve("adapter_config.json");
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    String place = ConfigFile.read(config).text("base_model_name_or_path", "");
    boolean here = !place.isEmpty() && Files.isRegularFile(Path.of(place, "config.json"));
    return here ? Optional.of(BaseName.family(place)) : Optional.empty();
  }

  private WriteOptions options() {
    WriteOptions all =
        dtype.map(Type::dtype).map(WriteOptions.EXACT::as).orElse(WriteOptions.EXACT);
    all = fold ? all.folded() : all;
    return rewrite ? all.rewritten() : all;
  }
}
