package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Sequences that grow together, one token of each at a time. */
record SampledRun(Scope scope, Decoding decoding, List<Sequence> rows) {
  /**
   * Lets all grow to their ends.
   *
   * @throws CancellationException if the calling thread is interrupted
   */
  void run() {
    try (Scope step = scope.child("step")) {
      take(rows, decoding.first(step));
    }
    List<Sequence> live = goingOn(rows);
    while (live.stream().anyMatch(r -> !r.done())) {
      requireGoingOn();
      try (Scope step = scope.child("step")) {
        // A row that is done goes on writing at its last place, where nobody reads any more.
        long[] tokens = live.stream().mapToLong(Sequence::last).toArray();
        long[] positions = live.stream().mapToLong(r -> r.length() - 1L).toArray();
        int reach = live.stream().filter(r -> !r.done()).mapToInt(Sequence::length).max().orElse(1);
        take(live, decoding.next(step, tokens, positions, reach));
      }
      live = goingOn(live);
    }
  }

  /**
   * The rows to compute from now on. Leaving some out copies what the others remember, so it is
   * done when half of them or more are done.
   */
  private List<Sequence> goingOn(List<Sequence> live) {
    int[] open = IntStream.range(0, live.size()).filter(i -> !live.get(i).done()).toArray();
    if (open.length == 0 || 2 * open.length > live.size()) {
      return live;
    }
    decoding.keep(open);
    return Arrays.stream(open).mapToObj(live::get).toList();
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
