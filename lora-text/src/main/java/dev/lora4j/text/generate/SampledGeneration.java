package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Sequences that grow together, one token of each at a time. */
record SampledGeneration(Scope scope, Decoding decoding, List<Sequence> rows) {
  /**
   * Generates all texts to their ends.
   *
   * @throws CancellationException if the calling thread is interrupted
   */
  void run() {
    try (Scope step = scope.child("step")) {
      take(rows, decoding.first(step));
    }
    List<Sequence> live = ActiveRows.of(rows, Sequence::done, 1, decoding);
    while (live.stream().anyMatch(r -> !r.done())) {
      requireGoingOn();
      try (Scope step = scope.child("step")) {
        // A finished row still writes at its last place, which has no readers.
        long[] tokens = live.stream().mapToLong(Sequence::last).toArray();
        long[] positions = live.stream().mapToLong(r -> r.length() - 1L).toArray();
        int reach = live.stream().filter(r -> !r.done()).mapToInt(Sequence::length).max().orElse(1);
        take(live, decoding.next(step, tokens, positions, reach));
      }
      live = ActiveRows.of(live, Sequence::done, 1, decoding);
    }
  }

  static void requireGoingOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("generating text was interrupted");
    }
  }

  private static void take(List<Sequence> rows, float[] logits) {
    int words = logits.length / rows.size();
    for (int row = 0; row < rows.size(); row++) {
      if (!rows.get(row).done()) {
        rows.get(row).add(Arrays.copyOfRange(logits, row * words, (row + 1) * words));
      }
    }
  }
}
