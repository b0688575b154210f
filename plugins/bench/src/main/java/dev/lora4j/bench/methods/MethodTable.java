package dev.lora4j.bench.methods;

import dev.lora4j.bench.methods.MethodRow.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Rows as a table of Markdown, the best first, each beside the reference. */
final class MethodTable {
  private static final double MB = 1e6;
  private static final double GB = 1e9;

  private MethodTable() {}

  /** The table, and below it what failed. */
  static String text(Subject subject, List<MethodRow> rows) {
    List<MethodRow> whole =
        rows.stream()
            .filter(row -> row.failure().isEmpty())
            .sorted(
                Comparator.comparingDouble((MethodRow row) -> row.value(subject).mean()).reversed())
            .toList();
    Optional<MethodRow> reference =
        whole.stream().filter(row -> row.candidate().reference()).findFirst();
    List<String> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("method"));
    subject.measures().forEach(m -> head.add(m.name()));
    head.addAll(List.of("rate", "steps", "numbers", "file", "a step", "memory", "beside lora"));
    lines.add(line(head));
    lines.add("|" + "---|".repeat(head.size()));
    whole.forEach(row -> lines.add(line(cells(subject, row, reference))));
    for (MethodRow row : rows) {
      row.failure().ifPresent(f -> lines.add("`" + row.candidate().text() + "`: " + f));
    }
    return String.join("\n", lines);
  }

  private static List<String> cells(Subject subject, MethodRow row, Optional<MethodRow> reference) {
    List<String> cells = new ArrayList<>(List.of("`" + row.candidate().text() + "`"));
    subject.measures().forEach(m -> cells.add(score(m, row.score(m.name()))));
    cells.add(String.format(Locale.ROOT, "%s", row.rate()));
    cells.add(Integer.toString(row.steps()));
    cells.add(String.format(Locale.ROOT, "%,.0f", row.mean(TrialResult::trained)));
    cells.add(String.format(Locale.ROOT, "%.2f MB", row.mean(TrialResult::bytes) / MB));
    cells.add(String.format(Locale.ROOT, "%.0f ms", 1e3 * row.mean(TrialResult::secondsPerStep)));
    double memory = row.mean(TrialResult::peakMemory);
    cells.add(memory > 0 ? String.format(Locale.ROOT, "%.2f GB", memory / GB) : "");
    cells.add(
        reference
            .filter(other -> !other.candidate().equals(row.candidate()))
            .map(other -> beside(row, other, subject))
            .orElse(""));
    return cells;
  }

  /** Better or worse where the seeds of both do not overlap; one seed shows neither. */
  private static String beside(MethodRow row, MethodRow reference, Subject subject) {
    if (row.results().size() < 2 || reference.results().size() < 2) {
      return "one seed";
    }
    Range ours = row.value(subject);
    Range theirs = reference.value(subject);
    if (ours.low() > theirs.high()) {
      return "better";
    }
    return ours.high() < theirs.low() ? "worse" : "within the spread";
  }

  private static String score(Measure measure, Range range) {
    double times = measure.share() ? 100 : 1;
    String unit = measure.share() ? " %" : "";
    String form = "%.1f";
    String mean = String.format(Locale.ROOT, form, times * range.mean());
    return range.low() == range.high()
        ? mean + unit
        : mean
            + String.format(
                Locale.ROOT,
                " (" + form + " to " + form + ")",
                times * range.low(),
                times * range.high())
            + unit;
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
