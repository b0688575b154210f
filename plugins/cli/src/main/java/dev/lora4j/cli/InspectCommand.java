package dev.lora4j.cli;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount;
import dev.lora4j.core.format.kohya.KohyaFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a file is. */
@picocli.CommandLine.Command(
    name = "inspect",
    sortOptions = false,
    description = "Say what a safetensors file or a model folder holds.")
public final class InspectCommand implements Command {
  private static final int SHOWN = 20;

  @Parameters(paramLabel = "FILE", description = "A .safetensors file, an index, or a folder.")
  private Path file = Path.of("");

  @Option(
      names = "--base",
      paramLabel = "DIR",
      description = "Say as well what this base model would use of the file, key by key.")
  private Optional<Path> base = Optional.empty();

  @Option(names = "--all", description = "List every layer, not only the first.")
  private boolean all;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ExistingPath.any(file);
    if (Files.isDirectory(file)) {
      ModelReport report = ModelReport.of(file);
      console.print(json ? report.json().toString() : String.join("\n", report.lines()));
      return 0;
    }
    base.ifPresent(ExistingPath::folder);
    try (FileReport report = FileReport.open(file)) {
      if (base.isEmpty()) {
        console.print(json ? report.json().toString() : String.join("\n", report.lines(all)));
        return 0;
      }
      return withBase(console, report, base.get());
    }
  }

  private int withBase(Console console, FileReport report, Path folder) {
    AdapterFormat format = new KohyaFormat();
    if (!format.recognises(report.store())) {
      throw new Failure(
          file
              + " is "
              + report.kind().text()
              + "; which keys a base would use can only be said of"
              + " adapters in "
              + format.name()
              + "'s layout.");
    }
    ModelOptions options = new ModelOptions();
    options.base = Optional.of(folder);
    options.compute = ModelOptions.Compute.f32;
    try (OpenModel model = OpenModel.of(console, options)) {
      KeyAccount account = format.account(report.store(), model.sd().sites());
      String identity = "";
      String problem = "";
      try {
        identity = format.read("", report.store(), model.sd().sites()).adapter().identity();
      } catch (AdapterException e) {
        problem = String.valueOf(e.getMessage());
      }
      if (json) {
        console.print(json(report, account, identity, problem).toString());
      } else {
        List<String> lines = new ArrayList<>(report.lines(all));
        lines.add("With " + folder + ":");
        lines.add("  " + account.summary());
        lines.addAll(ignored(account));
        lines.add(identity.isEmpty() ? "  Cannot be used: " + problem : "  Identity " + identity);
        console.print(String.join("\n", lines));
      }
      return problem.isEmpty() ? 0 : Main.FAILED;
    }
  }

  private List<String> ignored(KeyAccount account) {
    int shown = all ? account.ignored().size() : Math.min(SHOWN, account.ignored().size());
    List<String> lines = new ArrayList<>();
    account.ignored().entrySet().stream()
        .limit(shown)
        .forEach(e -> lines.add("  " + Printable.of(e.getKey(), 120) + ": " + e.getValue().text()));
    if (shown < account.ignored().size()) {
      lines.add("  and " + (account.ignored().size() - shown) + " more; --all lists them.");
    }
    return lines;
  }

  private static Json json(FileReport report, KeyAccount account, String identity, String problem) {
    Map<String, Object> ignored = new LinkedHashMap<>();
    account.ignored().forEach((key, reason) -> ignored.put(key, reason.text()));
    Json whole =
        report
            .json()
            .put("used", account.used())
            .put("ignored", ignored)
            .put("usable", problem.isEmpty());
    return problem.isEmpty() ? whole.put("identity", identity) : whole.put("problem", problem);
  }
}
