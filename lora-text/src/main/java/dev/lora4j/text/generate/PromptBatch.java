package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts that are read together, padded on the right; each [rows, tokens]. Padding stands at the
 * place of the first token that will be added, which is then written over it.
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

  static PromptBatch of(List<GenerationRow> rows) {
    int longest = rows.stream().mapToInt(PromptBatch::length).max().orElse(1);
    int size = rows.size() * longest;
    long[] ids = new long[size];
    long[] positions = new long[size];
    for (int i = 0; i < size; i++) {
      int[] prompt = rows.get(i / longest).request().prompt();
      int place = Math.min(i % longest, prompt.length);
      ids[i] = place < prompt.length ? prompt[place] : 0;
      positions[i] = place;
    }
    long[] last = rows.stream().mapToLong(row -> length(row) - 1).toArray();
    return new PromptBatch(List.copyOf(rows), Shape.of(rows.size(), longest), ids, positions, last);
  }

  /** Divides rows into runs that are read with little padding, in ascending order of length. */
  static List<List<GenerationRow>> divided(List<GenerationRow> rows) {
    List<List<GenerationRow>> all = new ArrayList<>();
    int most = 0;
    for (GenerationRow row : rows) {
      if (all.isEmpty() || length(row) > most) {
        all.add(new ArrayList<>());
        most = Math.max(SHORT, RATIO * length(row));
      }
      all.get(all.size() - 1).add(row);
    }
    return all;
  }

  private static int length(GenerationRow row) {
    return row.request().prompt().length;
  }
}
