package dev.lora4j.cli;

import dev.lora4j.core.lowrank.Block;
import dev.lora4j.core.lowrank.SiteTruncation;
import dev.lora4j.core.lowrank.Truncated;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What truncation kept and lost, by block or by layer. */
final class TruncationTable {
  private static final String ROW = "  %-44s %7s %11s %8s %9s";

  private TruncationTable() {}

  /**
   * Lines for people.
   *
   * @param layers whether each layer has a line, not each block
   */
  static List<String> lines(Truncated truncated, boolean layers) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(ROW, layers ? "layer" : "block", "layers", "rank", "kept", "error"));
    Map<String, List<SiteTruncation>> rows = layers ? bySite(truncated) : byBlock(truncated);
    rows.forEach((name, sites) -> lines.add(row(Printable.of(name, 44), sites)));
    lines.add(row("all", truncated.sites().values()));
    return lines;
  }

  private static Map<String, List<SiteTruncation>> bySite(Truncated truncated) {
    Map<String, List<SiteTruncation>> rows = new LinkedHashMap<>();
    truncated.sites().forEach((site, one) -> rows.put(site, List.of(one)));
    return rows;
  }

  private static Map<String, List<SiteTruncation>> byBlock(Truncated truncated) {
    Map<String, List<SiteTruncation>> rows = new TreeMap<>(Block.ORDER);
    truncated
        .sites()
        .forEach(
            (site, one) -> rows.computeIfAbsent(Block.of(site), k -> new ArrayList<>()).add(one));
    return rows;
  }

  private static String row(String name, Collection<SiteTruncation> sites) {
    int least = sites.stream().mapToInt(SiteTruncation::rank).min().orElse(0);
    int most = sites.stream().mapToInt(SiteTruncation::rank).max().orElse(0);
    double error = error(sites);
    return String.format(
            Locale.ROOT,
            ROW,
            name,
            sites.size(),
            least == most ? Integer.toString(least) : least + " to " + most,
            String.format(Locale.ROOT, "%.2f %%", 100 * Math.sqrt(Math.max(0, 1 - error * error))),
            String.format(Locale.ROOT, "%.2e", error))
        .stripTrailing();
  }

  private static double error(Collection<SiteTruncation> sites) {
    double lost = 0;
    double whole = 0;
    for (SiteTruncation site : sites) {
      lost += Math.pow(site.spectrum().lost(site.rank()), 2);
      whole += Math.pow(site.spectrum().norm(), 2);
    }
    return whole == 0 ? 0 : Math.sqrt(lost / whole);
  }

  /** The same for programs, by layer. */
  static List<Map<String, Object>> json(Truncated truncated) {
    List<Map<String, Object>> all = new ArrayList<>();
    truncated
        .sites()
        .forEach(
            (site, one) ->
                all.add(
                    new Json()
                        .put("layer", site)
                        .put("block", Block.of(site))
                        .put("rank", one.rank())
                        .put("norm", one.spectrum().norm())
                        .put("kept", one.spectrum().retained(one.rank()))
                        .put("error", one.error())
                        .fields()));
    return all;
  }
}
