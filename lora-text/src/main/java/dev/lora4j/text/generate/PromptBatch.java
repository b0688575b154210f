package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Prompts that are read together, each behind its prefix, padded on the right; each [rows, tokens].
 * Padding stands at the place of the first token that will be added, which is then written over it.
 *
 * @param positions place of each token in its sequence
 * @param last I64 [rows]: which of a row's tokens is its last one
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
record PromptBatch(
    List<GenerationRow> rows, Shape shape, long[] ids, long[] positions, long[] last) {
  /** How many times as long as the shortest the longest of a batch may be. */
  private static final int RATIO = 2;

  /** Lengths that differ by this cost little in any case. */
  private static final int SHORT = 16;

  /** Tokens that fill the processor; more of them together are no faster. */
  private static final int MOST = 2048;

  /** Order in which rows that are read together stand side by side. */
  static final Comparator<GenerationRow> ORDER =
      Comparator.comparing((GenerationRow row) -> row.prefix() > 0)
          .thenComparingInt(PromptBatch::length);

  static PromptBatch of(List<GenerationRow> rows) {
    int longest = rows.stream().mapToInt(PromptBatch::length).max().orElse(1);
    int size = rows.size() * longest;
    long[] ids = new long[size];
    long[] positions = new long[size];
    for (int i = 0; i < size; i++) {
      GenerationRow row = rows.get(i / longest);
      int[] prompt = row.request().prompt();
      int place = Math.min(row.prefix() + i % longest, prompt.length);
      ids[i] = place < prompt.length ? prompt[place] : 0;
      positions[i] = place;
    }
    long[] last = rows.stream().mapToLong(row -> length(row) - 1).toArray();
    return new PromptBatch(List.copyOf(rows), Shape.of(rows.size(), longest), ids, positions, last);
  }

  /** Returns true if its rows have prefixes; all have, or none. */
  boolean prefixed() {
    return rows.get(0).prefix() > 0;
  }

  /** Number of tokens of the longest prompt, with its prefix. */
  int reach() {
    return rows.stream().mapToInt(row -> row.request().prompt().length).max().orElse(1);
  }

  /** Divides rows that are in {@link #ORDER} into runs that are read with little padding. */
  static List<List<GenerationRow>> divided(List<GenerationRow> rows) {
    List<List<GenerationRow>> all = new ArrayList<>();
    List<GenerationRow> run = List.of();
    for (GenerationRow row : rows) {
      boolean full = (run.size() + 1) * length(row) > MOST;
      if (run.isEmpty() || full || !together(run.get(0), row)) {
        run = new ArrayList<>();
        all.add(run);
      }
      run.add(row);
    }
    return all;
  }

  private static boolean together(GenerationRow shorter, GenerationRow row) {
    return (shorter.prefix() > 0) == (row.prefix() > 0)
        && length(row) <= Math.max(SHORT, RATIO * length(shorter));
  }

  /** Number of tokens that are read. */
  private static int length(GenerationRow row) {
    return row.request().prompt().length - row.prefix();
  }
}
