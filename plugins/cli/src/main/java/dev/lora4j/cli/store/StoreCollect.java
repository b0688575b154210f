package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.CollectedPacks;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** Command that removes what no adapter of a store needs. */
@picocli.CommandLine.Command(
    name = "collect",
    sortOptions = false,
    description = {
      "Remove what no adapter of a store needs: what commands left that were stopped, and copies."
          + " 'store remove' does so too."
    })
final class StoreCollect implements Command {
  @Parameters(paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Override
  public int run(Console console) {
    tell(console, AdapterStore.open(folder).collect());
    return 0;
  }

  static void tell(Console console, CollectedPacks collected) {
    console.print(TensorTotals.size(collected.bytes()) + " are free again.");
  }
}
