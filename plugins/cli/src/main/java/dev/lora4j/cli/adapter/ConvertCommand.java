package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.BaseName;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes an adapter in another layout. */
@Extension(
    point = Command.class,
    name = "convert",
    help = "Write an adapter in another layout, or with another element type.")
@picocli.CommandLine.Command(
    name = "convert",
    sortOptions = false,
    description = {
      "Write an adapter in another layout, or with another element type.",
      "What is written is read back and compared before the command says that it is done."
    })
public final class ConvertCommand implements Command {
  @Parameters(
      paramLabel = "IN",
      description = "The adapter: a .safetensors file, or a folder as PEFT saves it.")
  private Path in = Path.of("");

  @Parameters(
      paramLabel = "OUT",
      description = "A .safetensors file; for peft a folder that is not there yet or empty.")
  private Path out = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      required = true,
      description =
          "kohya: read by most programs for pictures. diffusers: LoRA and DoRA for diffusers and"
              + " ComfyUI. peft: a folder, one for each model of several.")
  private String layout = "";

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
    AdapterWriter writer = Failure.usage(() -> AdapterWriters.named(layout));
    if (writer.folder()) {
      OutputFile.freshFolder(out);
    } else {
      OutputFile.require(out, ".safetensors");
      OutputFile.requireOther(out, in, "read");
    }
    Optional<Family> family = base.map(BaseName::family);
    LoadedAdapter read = AdapterReading.examine(in, family, partial.options()).loaded();
    read.warnings().forEach(w -> console.note("Warning: " + Printable.of(w, 640)));
    AdapterOutput.Written written =
        AdapterOutput.write(read.adapter(), read.family(), writer, options(), out);
    LoadedAdapter back = AdapterFiles.read(out, read.family());
    ConversionReport report = new ConversionReport(in, read, layout, written, back);
    if (json) {
      console.print(report.json().toString());
    } else {
      console.print(report.lines());
    }
    if (report.unexplained()) {
      throw new Failure(
          out
              + " was written, but reads back as another adapter than it should. This is a fault of"
              + " this program; please report it, and do not use the file.");
    }
    return 0;
  }

  private WriteOptions options() {
    WriteOptions all =
        dtype.map(Type::dtype).map(WriteOptions.EXACT::as).orElse(WriteOptions.EXACT);
    all = fold ? all.folded() : all;
    return rewrite ? all.rewritten() : all;
  }
}
