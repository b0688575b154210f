package dev.lora4j.cli;

import dev.lora4j.core.lowrank.Comparison;
import dev.lora4j.core.lowrank.Comparison.Total;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
   * @param layers whether each layer has a line, not each block
   */
  static List<String> lines(Comparison found, boolean layers) {
    List<String> lines = new ArrayList<>();
    String first = layers ? "layer" : "block";
    lines.add(String.format(ROW, first, "|A|", "|B|", "|A-B|", "cosine", "overlap"));
    Map<String, Total> rows = new LinkedHashMap<>();
    if (layers) {
      found.sites().forEach((name, site) -> rows.put(name, total(site)));
    } else {
      rows.putAll(found.blocks());
    }
    rows.forEach((name, total) -> lines.add(row(Printable.of(name, 44), total)));
    lines.add(row("all", found.total()));
    return lines;
  }

  private static Total total(dev.lora4j.core.lowrank.SiteComparison site) {
    return new Total(
        1, site.normA(), site.normB(), site.inner(), site.overlapOut(), site.overlapIn());
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
