package dev.lora4j.cli;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a file is. */
@picocli.CommandLine.Command(
    name = "inspect",
    sortOptions = false,
    description = {
      "Say what an adapter, another safetensors file or a model folder holds.",
      "Of an adapter: for which kind of base it is, what became of each key, methods, ranks, hashes."
    })
public final class InspectCommand implements Command {
  @Parameters(
      paramLabel = "FILE",
      description = "A .safetensors file, an index, or a folder: an adapter's or a model's.")
  private Path file = Path.of("");

  @Mixin private final FamilyOption base = new FamilyOption();

  @Mixin private final PartialOption partial = new PartialOption();

  @Option(names = "--all", description = "List every layer and key, not only the first.")
  private boolean all;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(file);
    List<String> models = AdapterFiles.models(file);
    if (!models.isEmpty()) {
      throw new Failure(
          file
              + " holds one adapter in a folder for each model: "
              + String.join(", ", models)
              + ". Give one of these folders.");
    }
    if (Files.isDirectory(file) && !Files.exists(file.resolve("adapter_config.json"))) {
      ModelReport report = ModelReport.of(file);
      console.print(json ? report.json().toString() : String.join("\n", report.lines()));
      return 0;
    }
    Path tensors = Files.isDirectory(file) ? file.resolve("adapter_model.safetensors") : file;
    ExistingPath.file(tensors);
    try (FileReport report = FileReport.open(tensors)) {
      Optional<Family> family = base.family();
      Optional<Examination> found = examine(report, family);
      return found.isPresent() ? adapter(console, report, found.get()) : other(console, report);
    }
  }

  private int other(Console console, FileReport report) {
    console.print(json ? report.json().toString() : String.join("\n", report.lines(all)));
    return 0;
  }

  private int adapter(Console console, FileReport file, Examination found) {
    AdapterReport report = new AdapterReport(file, found, all);
    console.print(json ? report.json().toString() : String.join("\n", report.lines()));
    return found.problems().isEmpty() ? 0 : Main.FAILED;
  }

  /** Empty where the file is no adapter and nobody asked for one. */
  private Optional<Examination> examine(FileReport report, Optional<Family> family) {
    try {
      Examination found = AdapterFiles.examine(file, family, partial.options());
      boolean anything =
          report.kind().adapter() || !found.matched().isEmpty() || !found.unmatched().isEmpty();
      return anything || family.isPresent() ? Optional.of(found) : Optional.empty();
    } catch (AdapterException e) {
      if (family.isPresent() || report.kind().adapter()) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
