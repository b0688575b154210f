package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.StoredAdapter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that lists the adapters of a store. */
@picocli.CommandLine.Command(
    name = "list",
    sortOptions = false,
    description = {
      "List the adapters of a store with their sizes, and how much of each no other has.",
    })
final class StoreList implements Command {
  @Parameters(paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    List<StoredAdapter> adapters = AdapterStore.open(folder).adapters();
    if (json) {
      console.print(
          new Json()
              .put("store", folder.toString())
              .put("adapters", adapters.stream().map(StoreList::json).toList())
              .toString());
    } else {
      console.print(adapters.stream().map(StoreList::line).toList());
    }
    return 0;
  }

  private static String line(StoredAdapter adapter) {
    return "%s: %s%s, its own %s"
        .formatted(
            adapter.name(),
            adapter.folder() ? "a folder, " : "",
            TensorTotals.size(adapter.bytes()),
            TensorTotals.size(adapter.ownBytes()));
  }

  private static Json json(StoredAdapter adapter) {
    return new Json()
        .put("name", adapter.name())
        .put("folder", adapter.folder())
        .put("sha256", adapter.sha256())
        .put("bytes", adapter.bytes())
        .put("ownBytes", adapter.ownBytes());
  }
}
