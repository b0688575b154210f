package dev.lora4j.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Results as people and programs read them. */
final class Report {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private Report() {}

  /** A table, what else is worth knowing, and the machine. */
  static String text(List<Result> results, Machine machine) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("name", "ours", "peer", "unit", "ratio", "spread", "target", "peer's name"));
    for (Result r : results) {
      rows.add(
          List.of(
              r.name(),
              number(r.ours()),
              number(r.peer()),
              r.unit(),
              share(r.ratio().median()),
              share(r.ratio().low()) + " to " + share(r.ratio().high()),
              target(r),
              r.peerName() + ", " + r.dtype()));
    }
    List<String> lines = new ArrayList<>(table(rows));
    Set<String> notes = new LinkedHashSet<>();
    results.forEach(r -> r.details().forEach(d -> notes.add(r.name() + ": " + d.text())));
    lines.addAll(notes);
    lines.add("machine: " + machine.text());
    return String.join("\n", lines);
  }

  private static String target(Result r) {
    return r.target().exists()
        ? r.target().text() + (r.target().met(r.ratio().median()) ? ", met" : ", missed")
        : "none";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 9.95 ? "%.2f" : "%.1f", value);
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static List<String> table(List<List<String>> rows) {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
        line.append(row.get(column));
        line.append(" ".repeat(width - row.get(column).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** An array with one object for each result. */
  static String json(List<Result> results, Machine machine) {
    return GSON.toJson(results.stream().map(r -> json(r, machine)).toList());
  }

  private static Map<String, Object> json(Result r, Machine machine) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", r.name());
    all.put("ours", r.ours());
    all.put("peer", r.peer());
    all.put("peer_name", r.peerName());
    all.put("ratio", r.ratio().median());
    all.put("ratio_low", r.ratio().low());
    all.put("ratio_high", r.ratio().high());
    all.put("unit", r.unit());
    all.put("dtype", r.dtype().toString());
    if (r.target().exists()) {
      all.put("target", r.target().text());
      all.put("met", r.target().met(r.ratio().median()));
    }
    Map<String, Object> details = new LinkedHashMap<>();
    r.details().forEach(d -> details.put(d.key(), d.value()));
    all.put("details", details);
    Map<String, Object> where = new LinkedHashMap<>();
    where.put("cpu", machine.cpu());
    where.put("cores", machine.cores());
    where.put("java", machine.java());
    where.put("engine", machine.engine());
    where.put("threads", machine.threads());
    where.put("load", machine.load());
    all.put("machine", where);
    return all;
  }

  /** Text of all benchmarks and their cases. */
  static String list(List<Benchmark> benchmarks) {
    List<List<String>> rows = new ArrayList<>();
    for (Benchmark benchmark : benchmarks) {
      rows.add(List.of(benchmark.name(), help(benchmark)));
      for (Case each : benchmark.cases()) {
        rows.add(List.of("  " + benchmark.name() + "/" + each.name(), ""));
      }
    }
    return String.join("\n", table(rows));
  }

  private static String help(Benchmark benchmark) {
    return Extensions.installed().info(Benchmark.class, benchmark.name()).help();
  }

  /** The same for programs. */
  static String listJson(List<Benchmark> benchmarks) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Benchmark benchmark : benchmarks) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", benchmark.name());
      one.put("description", help(benchmark));
      one.put("cases", benchmark.cases().stream().map(Case::name).toList());
      all.add(one);
    }
    return GSON.toJson(all);
  }
}
