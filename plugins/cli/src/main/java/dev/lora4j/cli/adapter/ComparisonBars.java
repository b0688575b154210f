package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.lowrank.Comparison;
import dev.lora4j.core.lowrank.Comparison.Total;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as lines with bars. */
final class ComparisonBars {
  private static final String ROW = "%-44s %9s %9s %9s  %-17s  %s";
  private static final int WIDTH = 10;

  private ComparisonBars() {}

  /**
   * Lines for people.
   *
   * @param first what the rows are
   * @param rows what each has, by its name
   */
  static List<String> lines(Comparison found, String first, Map<String, Total> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(ROW, first, "|A|", "|B|", "|A-B|", "cosine", "overlap"));
    rows.forEach((name, total) -> lines.add(row(Printable.of(name, 44), total)));
    lines.add(row("all", found.total()));
    return lines;
  }

  private static String row(String name, Total total) {
    double overlap = (total.overlapOut() + total.overlapIn()) / 2;
    return String.format(
            Locale.ROOT,
            ROW,
            name,
            number(total.normA()),
            number(total.normB()),
            number(total.distance()),
            bar(total.cosine(), "%6.3f"),
            bar(overlap, "%5.3f"))
        .stripTrailing();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  /** A number from -1 to 1 and a bar as long as it is great; of minus signs if it is negative. */
  static String bar(double value, String form) {
    int length = (int) Math.round(WIDTH * Math.min(1, Math.abs(value)));
    String bar = (value < 0 ? "-" : "#").repeat(length);
    return String.format(Locale.ROOT, form, value) + " " + bar;
  }
}
