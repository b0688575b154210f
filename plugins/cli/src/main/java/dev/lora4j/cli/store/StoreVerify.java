package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ExitCode;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.store.AdapterStore;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that reads a store whole and names what is damaged. */
@picocli.CommandLine.Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Read all of a store and name what is damaged; the exit code is 1 if anything is.",
      "",
      "To repair it, add the adapters that are named again: 'store add' replaces damaged tensors."
    })
final class StoreVerify implements Command {
  @Parameters(paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    AdapterStore store = AdapterStore.open(folder);
    List<String> damages = store.verify();
    if (json) {
      console.print(new Json().put("store", folder.toString()).put("damages", damages).toString());
    } else if (damages.isEmpty()) {
      console.print("All %,d adapters are as they were added.".formatted(store.names().size()));
    } else {
      console.print(damages.stream().map(d -> "! " + d).toList());
      console.print("Add the adapters again that are named here; that replaces what is damaged.");
    }
    return damages.isEmpty() ? 0 : ExitCode.FAILED;
  }
}
