package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.dylora.RankCut;
import dev.lora4j.core.format.metadata.DyloraRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The ranks at which an adapter that DyLoRA trained can be used.
 *
 * @param most all of its directions
 */
record NestedRanks(DyloraRule rule, long most) {
  static NestedRanks of(Adapter adapter, DyloraRule rule) {
    return new NestedRanks(rule, RankCut.rank(adapter));
  }

  List<String> lines(Path file) {
    List<String> lines = new ArrayList<>();
    long less = Math.max(rule.unit(), most / 2 / rule.unit() * rule.unit());
    lines.add(
        "  DyLoRA: ranks "
            + (rule.unit() == 1 ? "1" : rule.unit() + ", " + 2 * rule.unit())
            + " to "
            + most
            + "; use fewer directions by --lora "
            + Invocation.quoted(file + ":rank=" + less)
            + " or 'resize --dylora --rank "
            + less
            + "'");
    if (rule.strength() != 1) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  Warning: it was trained at %s times the strength that its file has for readers, as"
                  + " LyCORIS divides alpha by its number of blocks of %d. Use it with the weight"
                  + " %s, or with :rank=%d, which says so.",
              plain(rule.strength()),
              rule.unit(),
              plain(rule.strength()),
              most));
    }
    return lines;
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  Json json() {
    return new Json()
        .put("scaling", rule.scaling().name().toLowerCase(Locale.ROOT))
        .put("unit", rule.unit())
        .put("rank", most)
        .put("trained_strength", rule.strength());
  }
}
