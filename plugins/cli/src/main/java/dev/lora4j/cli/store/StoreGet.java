package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.store.AdapterStore;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that writes an adapter of a store as it was added. */
@picocli.CommandLine.Command(
    name = "get",
    sortOptions = false,
    description = "Write an adapter of a store, byte for byte as it was added.")
final class StoreGet implements Command {
  @Parameters(index = "0", paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Parameters(index = "1", paramLabel = "NAME", description = "The adapter's name in the store.")
  private String name = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description =
          "The .safetensors file to write; of an adapter that was added as a folder, a folder that is"
              + " not there or empty.")
  private Path out = Path.of("");

  @Override
  public int run(Console console) {
    AdapterStore store = AdapterStore.open(folder);
    if (store.folder(name)) {
      OutputFile.freshFolder(out);
    } else {
      OutputFile.require(out, ".safetensors");
    }
    store.get(name, out);
    console.note("Written: " + out);
    return 0;
  }
}
