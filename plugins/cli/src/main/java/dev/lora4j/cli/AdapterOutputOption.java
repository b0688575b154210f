package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The file that a computed adapter is written to. */
final class AdapterOutputOption {
  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.safetensors",
      description = "Where to write; a file that is there is replaced once the new one is whole.")
  Path file = Path.of("");

  /** What would fail at the end of long work is found before it begins. */
  void require() {
    OutputFile.require(file, ".safetensors");
  }

  /** The adapter's name: that of the file. */
  String name() {
    return String.valueOf(file.getFileName()).replaceFirst("\\.safetensors$", "");
  }

  /** Writes it in kohya's layout. */
  Adapter write(Adapter adapter, Metadata metadata, Family family) {
    Adapter described = new Adapter(name(), adapter.sites(), metadata.entries());
    AdapterOutput.write(described, family, AdapterWriters.named("kohya"), WriteOptions.EXACT, file);
    return described;
  }
}
