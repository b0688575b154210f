package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.mixer.Interference.Pair;
import dev.lora4j.core.mixer.PairOverlap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Explanation of conflicts between adapters.
 *
 * @param names of the adapters
 * @param pairs how each two meet, by block
 */
record MixExplanation(List<String> names, Map<Pair, SortedMap<BlockName, PairOverlap>> pairs) {
  /** Share of opposite signs above which independent numbers do not explain it. */
  private static final double FIGHTING = 0.55;

  /** Less than this share with opposite signs is doing the same. */
  private static final double AGREEING = 0.4;

  /** One adapter with so many times the change of another hides it. */
  private static final double LOUDER = 3;

  private static final String ROW = "  %-8s %10s %10s %9s  %-18s  %s";

  /** The blocks in which any two meet, in their order. */
  List<BlockName> blocks() {
    TreeSet<BlockName> all = new TreeSet<>();
    pairs.values().forEach(byBlock -> all.addAll(byBlock.keySet()));
    return List.copyOf(all);
  }

  String name(Pair pair) {
    return names.get(pair.first()) + " and " + names.get(pair.second());
  }

  /** Text for people: a table for each pair, and advice. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    pairs.forEach(
        (pair, byBlock) -> {
          lines.add(name(pair));
          if (byBlock.isEmpty()) {
            lines.add("  change no layer in common.");
          } else {
            lines.add(String.format(ROW, "block", "|A|", "|B|", "cosine", "conflict", "overlap"));
            byBlock.forEach((block, meeting) -> lines.add(row(block.toString(), meeting)));
            lines.add(row("all", PairOverlap.of(byBlock.values())));
          }
          lines.add("  " + advice(pair));
          lines.add("");
        });
    return lines;
  }

  private static String row(String block, PairOverlap m) {
    return String.format(
            Locale.ROOT,
            ROW,
            block,
            String.format(Locale.ROOT, "%.3g", m.normA()),
            String.format(Locale.ROOT, "%.3g", m.normB()),
            String.format(Locale.ROOT, "%6.3f", m.cosine()),
            ComparisonBars.bar(m.conflict(), "%5.3f"),
            ComparisonBars.bar(m.overlap(), "%5.3f"))
        .stripTrailing();
  }

  /** Advice about two adapters, in a sentence or two. */
  String advice(Pair pair) {
    SortedMap<BlockName, PairOverlap> byBlock = pairs.get(pair);
    if (byBlock == null || byBlock.isEmpty()) {
      return "Add them up: they cannot get into each other's way.";
    }
    PairOverlap all = PairOverlap.of(byBlock.values());
    String first = names.get(pair.first());
    String second = names.get(pair.second());
    List<String> advice = new ArrayList<>();
    double ratio = all.normA() / all.normB();
    if (ratio > LOUDER || ratio < 1 / LOUDER) {
      boolean louder = ratio > 1;
      double times = louder ? ratio : 1 / ratio;
      advice.add(
          String.format(
              Locale.ROOT,
              "%s changes %.1f times as much as %s and will hide it; its weight divided by that evens"
                  + " them.",
              louder ? first : second,
              times,
              louder ? second : first));
    }
    String fighting = where(byBlock, m -> m.conflict() > FIGHTING);
    String agreeing = where(byBlock, m -> m.conflict() < AGREEING);
    if (!fighting.isEmpty()) {
      advice.add(
          "They undo each other in "
              + fighting
              + ": give these blocks to one of them (--blocks), let the stronger sign win (--mixer"
              + " ties), or let them take turns (--mixer switch).");
    }
    if (!agreeing.isEmpty()) {
      advice.add(
          "They do the same in "
              + agreeing
              + ": at full weights it is overdone; lower both there.");
    }
    if (advice.isEmpty()) {
      advice.add("They hardly meet: add them up.");
    }
    return String.join(" ", advice);
  }

  private static String where(
      SortedMap<BlockName, PairOverlap> byBlock, Predicate<PairOverlap> what) {
    return byBlock.entrySet().stream()
        .filter(e -> what.test(e.getValue()))
        .map(e -> e.getKey().toString())
        .collect(Collectors.joining(", "));
  }

  /** JSON for programs. */
  Json json() {
    List<Object> all = new ArrayList<>();
    pairs.forEach(
        (pair, byBlock) -> {
          Json blocks = new Json();
          byBlock.forEach((block, meeting) -> blocks.put(block.toString(), json(meeting)));
          all.add(
              new Json()
                  .put("a", names.get(pair.first()))
                  .put("b", names.get(pair.second()))
                  .put("total", json(PairOverlap.of(byBlock.values())))
                  .put("blocks", blocks)
                  .put("advice", advice(pair))
                  .fields());
        });
    return new Json().put("adapters", names).put("pairs", all);
  }

  private static Json json(PairOverlap m) {
    return new Json()
        .put("normA", m.normA())
        .put("normB", m.normB())
        .put("cosine", m.cosine())
        .put("conflict", m.conflict())
        .put("overlap", m.overlap());
  }
}
