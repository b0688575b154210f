package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.UnusedOptions;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.model.FamilyOption;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.tensor.runtime.Capabilities;
import dev.lora4j.spi.Extension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Command that describes a file. */
@Extension(
    point = Command.class,
    name = "inspect",
    help = "Say what an adapter, another safetensors file, a GGUF file or a model folder holds.")
@picocli.CommandLine.Command(
    name = "inspect",
    sortOptions = false,
    description = {
      "Say what an adapter, another safetensors file, a GGUF file or a model folder holds.",
      "Of an adapter: for which kind of base it is, what became of each key, methods, ranks, hashes."
    })
public final class InspectCommand implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      converter = StoredAdapterFile.Reader.class,
      description = {
        "A .safetensors or .gguf file, an index, or a folder: a model's, an adapter's as PEFT saves"
            + " it, or one that holds such a folder for each model."
      })
  private Path file = Path.of("");

  @Mixin private final FamilyOption base = new FamilyOption();

  @Mixin private final PartialOption partial = new PartialOption();

  @Option(names = "--all", description = "List every layer, key and entry of the metadata.")
  private boolean all;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(file);
    Capabilities.requested().ifPresent(c -> console.note("lora4j: " + c.note() + "."));
    boolean several = !AdapterFiles.models(file).isEmpty();
    if (Files.isDirectory(file) && !AdapterFiles.folder(file)) {
      UnusedOptions.refuse(
          spec, List.of("--base", "--allow-partial"), file + ", which is a model and no adapter");
      ModelReport report = ModelReport.of(file);
      if (json) {
        console.print(report.json().toString());
      } else {
        console.print(report.lines());
      }
      return 0;
    }
    if (GgufFile.named(file)) {
      return gguf(console);
    }
    try (OpenAdapter opened = OpenAdapter.open(file)) {
      boolean sure = several || opened.first().kind().adapter();
      Optional<Examination> found = examine(sure, base.family());
      return found.isPresent()
          ? adapter(console, opened, found.get())
          : other(console, opened.first());
    }
  }

  private int gguf(Console console) {
    GgufFile opened = GgufFile.open(file);
    if (GgufAdapterReport.adapter(opened)) {
      GgufAdapterReport report = new GgufAdapterReport(opened, ggufExamination());
      if (json) {
        console.print(report.json().toString());
      } else {
        console.print(report.lines(all));
      }
      return report.problems().isEmpty() ? 0 : ExitCode.FAILED;
    }
    UnusedOptions.refuse(
        spec, List.of("--base", "--allow-partial"), file + ", which is a model and no adapter");
    GgufReport report = GgufReport.of(file);
    if (json) {
      console.print(report.json().toString());
    } else {
      console.print(report.lines(all));
    }
    return report.problems().isEmpty() ? 0 : ExitCode.FAILED;
  }

  /**
   * Of an adapter in GGUF; empty where no base is named, without which its layers are not known.
   */
  private Optional<Examination> ggufExamination() {
    Optional<Family> family = base.family();
    boolean named =
        family.isPresent() || RecordedBaseModel.of(AdapterFiles.metadata(file)).hash().isPresent();
    try {
      return named
          ? Optional.of(AdapterReading.examine(file, family, partial.options()))
          : Optional.empty();
    } catch (AdapterException e) {
      if (family.isPresent()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private int other(Console console, FileReport report) {
    if (json) {
      console.print(report.json().toString());
    } else {
      console.print(report.lines(all));
    }
    return 0;
  }

  private int adapter(Console console, OpenAdapter opened, Examination found) {
    AdapterReport report = new AdapterReport(opened, found, all);
    if (json) {
      console.print(report.json().toString());
    } else {
      console.print(report.lines());
    }
    return found.problems().isEmpty() ? 0 : ExitCode.FAILED;
  }

  /**
   * Examines an adapter; empty where the file is none and the options require none.
   *
   * @param sure whether it is an adapter for sure
   */
  private Optional<Examination> examine(boolean sure, Optional<Family> family) {
    try {
      Examination found = AdapterReading.examine(file, family, partial.options());
      boolean layers = !found.matched().isEmpty() || !found.unmatched().isEmpty();
      boolean anything = sure || layers || !found.notFinite().isEmpty();
      return anything || family.isPresent() ? Optional.of(found) : Optional.empty();
    } catch (AdapterException e) {
      if (family.isPresent() || sure) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
