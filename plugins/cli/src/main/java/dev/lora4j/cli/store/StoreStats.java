package dev.lora4j.cli.store;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.StoreStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that says how much room a store takes and saves. */
@picocli.CommandLine.Command(
    name = "stats",
    sortOptions = false,
    description = "Say how much room a store takes, and how much its files would take.")
final class StoreStats implements Command {
  @Parameters(paramLabel = "FOLDER", description = "The store.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    StoreStatistics found = AdapterStore.open(folder).statistics();
    if (json) {
      console.print(json(found).toString());
    } else {
      console.print(lines(found));
    }
    return 0;
  }

  private static List<String> lines(StoreStatistics found) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%,d adapters, %s as files".formatted(found.adapters(), TensorTotals.size(found.bytes())));
    lines.add(
        "%s in the store%s"
            .formatted(
                TensorTotals.size(found.storedBytes()),
                found.bytes() > 0
                    ? String.format(
                        Locale.ROOT, ", %.1f %%", 100.0 * found.storedBytes() / found.bytes())
                    : ""));
    lines.add(
        "%,d tensors and headers, %,d of them in several adapters"
            .formatted(found.objects(), found.sharedObjects()));
    if (found.unusedBytes() > 0) {
      lines.add(
          TensorTotals.size(found.unusedBytes())
              + " that no adapter needs; 'store collect' removes them");
    }
    return lines;
  }

  private static Json json(StoreStatistics found) {
    return new Json()
        .put("adapters", found.adapters())
        .put("bytes", found.bytes())
        .put("storedBytes", found.storedBytes())
        .put("objects", found.objects())
        .put("sharedObjects", found.sharedObjects())
        .put("unusedBytes", found.unusedBytes());
  }
}
