package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.core.store.AdapterStore;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Command that removes adapters from a store. */
@picocli.CommandLine.Command(
    name = "remove",
    sortOptions = false,
    description = "Remove adapters from a store, and the tensors that no other adapter has.")
final class StoreRemove implements Command {
  @Parameters(index = "0", paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "NAME",
      description = "Names of adapters in the store.")
  private List<String> names = List.of();

  @Override
  public int run(Console console) {
    StoreCollect.tell(console, AdapterStore.open(folder).remove(names));
    return 0;
  }
}
