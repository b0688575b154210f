package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.gguf.GgufFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The file that a computed adapter is written to. */
final class AdapterOutputOption {
  private static final String USUAL = "kohya";
  private static final String GGUF = "gguf";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.safetensors",
      description = "Where to write; a file that is there is replaced once the new one is whole.")
  Path file = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      completionCandidates = Names.OfLayouts.class,
      description =
          "Layout to write: ${COMPLETION-CANDIDATES}; peft is a folder (default: gguf for a .gguf"
              + " file, else that of the input if it can be written, else kohya).")
  private Optional<String> layout = Optional.empty();

  /** Takes the file from among the command's parameters, without the option. */
  void orElse(CommandSpec spec, Optional<Path> parameter) {
    if (parameter.isPresent()) {
      if (given()) {
        throw new ParameterException(
            spec.commandLine(),
            "Say where to write once: " + parameter.get() + " or " + file + ".");
      }
      file = parameter.get();
    }
  }

  private boolean given() {
    return !file.toString().isEmpty();
  }

  /** Refuses, before long work begins, an output that would fail at its end. */
  void require(CommandSpec spec) {
    if (!given()) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--output=FILE.safetensors'");
    }
    AdapterWriter writer =
        Failure.usage(
            () -> AdapterWriters.named(layout.orElse(GgufFile.named(file) ? GGUF : USUAL)));
    if (writer.folder()) {
      OutputFile.freshFolder(file);
    } else {
      OutputFile.require(file, writer.ending());
    }
  }

  /** Refuses to write over an adapter that is read: what was cut off would be lost. */
  void requireOther(Path read) {
    OutputFile.requireOther(file, read, "read");
  }

  /** The adapter's name: that of the file. */
  String name() {
    return String.valueOf(file.getFileName()).replaceFirst("\\.(safetensors|gguf)$", "");
  }

  /**
   * Writes it; what the layout changed is noted.
   *
   * @param inputs what it was computed from
   */
  Adapter write(Console console, Adapter adapter, Metadata metadata, ReadAdapters inputs) {
    return write(console, adapter, metadata, inputs.family(), writer(inputs.all()));
  }

  /** Writes what was computed from no adapter. */
  Adapter write(Console console, Adapter adapter, Metadata metadata, Family family) {
    return write(console, adapter, metadata, family, writer(List.of()));
  }

  private Adapter write(
      Console console, Adapter adapter, Metadata metadata, Family family, AdapterWriter writer) {
    Adapter described = adapter.described(name(), metadata.entries());
    AdapterOutput.Written written =
        AdapterOutput.write(described, family, writer, WriteOptions.EXACT, file);
    written.changes().forEach(console::note);
    return written.adapter();
  }

  private AdapterWriter writer(List<LoadedAdapter> inputs) {
    return AdapterWriters.named(
        layout.orElseGet(() -> GgufFile.named(file) ? GGUF : layoutOf(inputs)));
  }

  private static String layoutOf(List<LoadedAdapter> inputs) {
    return inputs.stream()
        .limit(1)
        .flatMap(l -> l.dialects().stream())
        .filter(name -> AdapterWriters.all().containsKey(name) && !name.equals(GGUF))
        .filter(name -> !AdapterWriters.named(name).folder())
        .findFirst()
        .orElse(USUAL);
  }
}
