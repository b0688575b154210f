package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.metadata.TriggerWords;
import dev.lora4j.core.format.reading.Examination;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Report of an adapter's content, key by key and layer by layer. */
final class AdapterReport {
  private static final int SHOWN = 20;
  private static final int WIDTH = 160;
  private static final int MOST_PROBLEMS = 4;

  /** Share of zeros that is not told: trained factors have a few, for example of unused words. */
  private static final double FEW_ZEROS = 0.02;

  /** Header entry of files without zeros. */
  private static final String LEFT_OUT = "lora4j_sparse";

  private final OpenAdapter file;
  private final Examination found;
  private final boolean all;
  private final TrainingBaseModel trained;

  /** {@code all} lists every layer and key. */
  AdapterReport(OpenAdapter file, Examination found, boolean all) {
    this.file = file;
    this.found = found;
    this.all = all;
    this.trained = TrainingBaseModel.of(file.path(), new Metadata(file.metadata()));
  }

  /** Text for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(file.path() + ": adapter for " + found.family().title());
    lines.add("  " + file.totals().text());
    if (trained.mark().said()) {
      lines.add("  Trained on " + trained.text());
    }
    lines.add("  Dialects: " + String.join(", ", found.dialects()));
    lines.add("  Layers: " + layerCounts());
    lines.add("  " + found.account().summary());
    if (!found.notFinite().isEmpty()) {
      lines.add(
          "  Not finite (NaN or infinity): "
              + found.notFinite().values()
              + " values in "
              + found.notFinite().layers().size()
              + " layers");
      List<String> rows = new ArrayList<>();
      found.notFinite().tensors().forEach((key, n) -> rows.add(key + ": " + n + " values"));
      lines.addAll(listed("  Tensors with such values:", rows));
    }
    found.adapter().ifPresent(a -> lines.addAll(contents(a)));
    file.hashes().forEach(h -> lines.add("  " + h));
    TriggerWords words = words();
    if (!words.words().isEmpty()) {
      lines.add(
          "  Trigger words ("
              + words.source().entry()
              + "): "
              + Printable.of(String.join(", ", words.words()), WIDTH));
    }
    new Metadata(file.metadata())
        .get(ModelSpecKeys.USAGE_HINT)
        .filter(hint -> !hint.isBlank())
        .ifPresent(
            hint ->
                lines.add(
                    "  How to use (modelspec.usage_hint): "
                        + Printable.of(hint.strip(), 2 * WIDTH)));
    found.warnings().forEach(w -> lines.add("  Warning: " + Printable.of(w, 4 * WIDTH)));
    lines.addAll(ignored());
    found.adapter().ifPresent(a -> lines.addAll(BlockNorms.of(a, found.family()).lines()));
    lines.addAll(TrainingMetadata.lines(file.metadata(), all));
    found.adapter().ifPresent(a -> lines.addAll(listed("Each layer:", layers(a))));
    lines.addAll(problems());
    return lines;
  }

  /** Problems that prevent its use; of many the first, and the last, which is about all of it. */
  private List<String> problems() {
    List<String> lines = new ArrayList<>();
    int count = found.problems().size();
    for (int i = 0; i < count; i++) {
      if (all || i < MOST_PROBLEMS || i == count - 1) {
        lines.add("Cannot be used: " + Printable.of(found.problems().get(i), 8 * WIDTH));
      } else if (i == MOST_PROBLEMS) {
        lines.add("  and " + (count - 1 - MOST_PROBLEMS) + " more; --all lists them.");
      }
    }
    return lines;
  }

  private String layerCounts() {
    return found.matched().size()
        + " of "
        + (found.matched().size() + found.unmatched().size())
        + (found.known() ? " are layers of the base" : " (the base is not known)");
  }

  private List<String> contents(Adapter adapter) {
    List<String> lines = new ArrayList<>();
    lines.add("  Methods: " + counts(AdapterContents.methods(adapter)));
    lines.add("  Ranks: " + counts(AdapterContents.ranks(adapter)));
    SortedMap<String, Integer> heads = AdapterContents.heads(adapter);
    if (!heads.isEmpty()) {
      lines.add("  Heads: " + counts(heads) + ", mixed by a router for each input");
    }
    nested().ifPresent(n -> lines.addAll(n.lines(file.path())));
    zeros(adapter).ifPresent(lines::add);
    lines.add("  Identity " + adapter.identity());
    return lines;
  }

  private Optional<String> zeros(Adapter adapter) {
    ZeroCount count = ZeroCount.of(adapter);
    boolean leftOut = file.metadata().containsKey(LEFT_OUT);
    return count.share() < FEW_ZEROS && !leftOut
        ? Optional.empty()
        : Optional.of(
            "  Zeros: "
                + count.text()
                + (leftOut ? "; the file leaves them out (layout lora4j)" : ""));
  }

  private static String counts(SortedMap<String, Integer> counts) {
    return String.join(
        ", ", counts.entrySet().stream().map(e -> e.getValue() + " of " + e.getKey()).toList());
  }

  private static List<String> layers(Adapter adapter) {
    List<String> lines = new ArrayList<>();
    adapter.sites().forEach((site, all) -> all.forEach(f -> lines.add(line(site, f))));
    return lines;
  }

  private static String line(String site, Factors factors) {
    OptionalLong rank = AdapterContents.rank(factors);
    OptionalInt heads = AdapterContents.heads(factors);
    String alpha = factors.settings().get(AdapterMethod.ALPHA);
    return site
        + "  "
        + factors.method()
        + (rank.isPresent() ? ", rank " + rank.getAsLong() : "")
        + (heads.isPresent() ? ", heads " + heads.getAsInt() : "")
        + (alpha == null ? "" : ", alpha " + plain(alpha));
  }

  private static String plain(String number) {
    return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
  }

  private List<String> ignored() {
    List<String> rows = new ArrayList<>();
    found.account().ignored().forEach((key, why) -> rows.add(key + ": " + why.text()));
    return listed("Keys that are not used:", rows);
  }

  private List<String> listed(String title, List<String> rows) {
    List<String> lines = new ArrayList<>();
    if (!rows.isEmpty()) {
      lines.add(title);
    }
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    rows.subList(0, shown).forEach(row -> lines.add("  " + Printable.of(row, WIDTH)));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
    return lines;
  }

  private TriggerWords words() {
    return TriggerWords.of(new Metadata(file.metadata()));
  }

  /** The same for programs. */
  Json json() {
    Optional<BlockNorms> norms = found.adapter().map(a -> BlockNorms.of(a, found.family()));
    Json whole =
        file.json()
            .put("kind", "adapter")
            .put("adapter", true)
            .put("family", found.family().name())
            .put("for", found.family().title())
            .put("trained_on", trained.json().fields())
            .put("dialects", List.copyOf(found.dialects()))
            .put("modules", modules().fields())
            .put("keys", KeyReport.json(found.account()).fields())
            .put("methods", found.adapter().map(AdapterContents::methods).orElseGet(TreeMap::new))
            .put("ranks", found.adapter().map(AdapterContents::ranks).orElseGet(TreeMap::new))
            .put("heads", found.adapter().map(AdapterContents::heads).orElseGet(TreeMap::new))
            .put("zeros", found.adapter().map(a -> ZeroCount.of(a).share()).orElse(0.0))
            .put("identity", found.adapter().map(Adapter::identity).orElse(""))
            .put("triggers", words().words())
            .put("warnings", found.warnings())
            .put("blocks", norms.map(BlockNorms::json).orElseGet(Map::of))
            .put("blocks_without", norms.map(BlockNorms::without).orElseGet(Map::of))
            .put("layers", found.adapter().map(AdapterContents::layers).orElseGet(List::of))
            .put("not_finite", notFinite().fields())
            .put("usable", found.problems().isEmpty());
    nested().ifPresent(n -> whole.put("dylora", n.json().fields()));
    return found.problems().isEmpty()
        ? whole
        : whole.put("problem", found.problems().get(0)).put("problems", found.problems());
  }

  private Optional<NestedRanks> nested() {
    return found
        .adapter()
        .flatMap(a -> DyloraRule.of(new Metadata(file.metadata())).map(r -> NestedRanks.of(a, r)));
  }

  private Json notFinite() {
    return new Json()
        .put("values", found.notFinite().values())
        .put("tensors", found.notFinite().tensors())
        .put("layers", List.copyOf(found.notFinite().layers()));
  }

  private Json modules() {
    return new Json()
        .put("total", found.matched().size() + found.unmatched().size())
        .put("matched", found.matched().size())
        .put("unmatched", found.unmatched().size());
  }
}
