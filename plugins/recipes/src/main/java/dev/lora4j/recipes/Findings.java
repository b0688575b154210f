package dev.lora4j.recipes;

import dev.lora4j.cli.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values that a recipe found, row by row, beside what is said of such a use elsewhere. */
public final class Findings {
  private record Row(String what, String claim, String found) {}

  private final List<Row> rows = new ArrayList<>();
  private final Json json = new Json();

  /** Adds a row of which nothing is said elsewhere. */
  public Findings add(String key, String what, String found, Object value) {
    return add(key, what, "", found, value);
  }

  /**
   * Adds a row.
   *
   * @param key name of the value in JSON
   * @param claim what others say of it
   * @param found the value for people
   */
  public Findings add(String key, String what, String claim, String found, Object value) {
    rows.add(new Row(what, claim, found));
    json.put(key, value);
    return this;
  }

  /** The values by their keys. */
  public Json json() {
    return json;
  }

  /** A table in columns. */
  public String table() {
    int what = rows.stream().mapToInt(r -> r.what().length()).max().orElse(0);
    int found = rows.stream().mapToInt(r -> r.found().length()).max().orElse(0);
    StringBuilder all = new StringBuilder();
    for (Row row : rows) {
      String line =
          String.format(
              Locale.ROOT,
              "%-" + what + "s  %-" + found + "s  %s",
              row.what(),
              row.found(),
              row.claim().isEmpty() ? "" : "(said: " + row.claim() + ")");
      all.append(line.stripTrailing()).append('\n');
    }
    return all.toString().stripTrailing();
  }

  /** A table of Markdown. */
  public String markdown() {
    StringBuilder all = new StringBuilder("| what | found | said elsewhere |\n|---|---|---|\n");
    for (Row row : rows) {
      all.append("| %s | %s | %s |\n".formatted(row.what(), row.found(), row.claim()));
    }
    return all.toString();
  }
}
