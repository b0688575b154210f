package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.lowrank.TruncatedAdapter.Total;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Table of the kept and lost parts of a truncation, by block or by layer.
 *
 * @param blocks of the base
 */
record TruncationTable(TruncatedAdapter truncated, BlockNames blocks) {
  private static final String ROW = "  %-44s %7s %11s %8s %9s";

  /**
   * Lines for people.
   *
   * @param layers whether each layer has a line, not each block
   */
  List<String> lines(boolean layers) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(ROW, layers ? "layer" : "block", "layers", "rank", "kept", "error"));
    Map<String, Total> rows = new LinkedHashMap<>();
    if (layers) {
      rows.putAll(truncated.by(site -> site));
    } else {
      truncated
          .by(site -> blocks.of(site).orElseThrow())
          .forEach((block, total) -> rows.put(block.toString(), total));
    }
    rows.forEach((name, total) -> lines.add(row(Printable.of(name, 44), total)));
    lines.add(row("all", truncated.total()));
    return lines;
  }

  private static String row(String name, Total total) {
    String ranks = total.least() + (total.least() == total.most() ? "" : " to " + total.most());
    return String.format(
            Locale.ROOT,
            ROW,
            name,
            total.sites(),
            ranks,
            String.format(Locale.ROOT, "%.2f %%", 100 * total.kept()),
            String.format(Locale.ROOT, "%.2e", total.error()))
        .stripTrailing();
  }

  /** The same for programs, by layer. */
  List<Map<String, Object>> json() {
    List<Map<String, Object>> all = new ArrayList<>();
    truncated
        .sites()
        .forEach(
            (site, one) ->
                all.add(
                    new Json()
                        .put("layer", site)
                        .put("block", blocks.of(site).orElseThrow().toString())
                        .put("rank", one.rank())
                        .put("norm", one.spectrum().norm())
                        .put("kept", one.spectrum().retained(one.rank()))
                        .put("error", one.error())
                        .fields()));
    return all;
  }
}
