package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.AddedAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that adds adapters to a store. */
@picocli.CommandLine.Command(
    name = "add",
    sortOptions = false,
    description = {
      "Add adapters to a store, which is made if it is not there.",
      "",
      "Each is added whole or not at all; if you stop the command, those that it has named stay. Run"
          + " it again to add the rest."
    })
final class StoreAdd implements Command {
  @Parameters(index = "0", paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Adapters: .safetensors files, or folders as PEFT or MLX-LM saves them.")
  private List<Path> files = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name in the store, of a single adapter (default: that of its file).")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--replace",
      description = "Put an adapter in the place of another of the same name.")
  private boolean replace;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    if (name.isPresent() && files.size() > 1) {
      throw Failure.usage("--name names one adapter, and these are " + files.size() + ".");
    }
    files.forEach(ExistingPath::any);
    requireDifferentNames();
    AdapterStore store = AdapterStore.create(folder);
    List<Json> reports = new ArrayList<>();
    try (Progress progress = console.progress("adding", files.size(), "adapter")) {
      for (Path file : files) {
        AddedAdapter added = store.add(nameOf(file), file, replace);
        reports.add(json(added));
        if (!json) {
          console.print(line(added));
        }
        progress.done(reports.size(), added.name());
      }
    }
    if (json) {
      console.print(new Json().put("store", folder.toString()).put("adapters", reports).toString());
    }
    return 0;
  }

  private String nameOf(Path file) {
    return name.orElseGet(() -> AdapterStore.name(file));
  }

  private void requireDifferentNames() {
    Map<String, Path> seen = new HashMap<>();
    for (Path file : files) {
      Path other = seen.put(nameOf(file), file);
      if (other != null) {
        throw Failure.usage(
            other
                + " and "
                + file
                + " would both be called "
                + nameOf(file)
                + ". Add one of them by itself with --name.");
      }
    }
  }

  private static String line(AddedAdapter added) {
    String size = TensorTotals.size(added.bytes());
    return added.unchanged()
        ? added.name() + ": is there already, " + size
        : added.name() + ": " + size + ", of it new " + TensorTotals.size(added.newBytes());
  }

  private static Json json(AddedAdapter added) {
    return new Json()
        .put("name", added.name())
        .put("bytes", added.bytes())
        .put("newBytes", added.newBytes())
        .put("unchanged", added.unchanged());
  }
}
