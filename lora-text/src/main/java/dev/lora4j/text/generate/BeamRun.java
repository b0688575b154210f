package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Searches from several starts that go on together, one token of each of their beams at a time. */
record BeamRun(Scope scope, Decoding decoding, List<Beams> searches, int beams) {
  /**
   * Lets all search to their ends.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  void run() {
    try (Scope step = scope.child("step")) {
      take(searches, decoding.first(step));
    }
    List<Beams> live = goingOn(searches);
    while (live.stream().anyMatch(s -> !s.done())) {
      SampledRun.requireGoingOn();
      try (Scope step = scope.child("step")) {
        goOn(live, step);
      }
      live = goingOn(live);
    }
  }

  /** The searches to compute from now on, as {@link SampledRun} has it for rows. */
  private List<Beams> goingOn(List<Beams> live) {
    int[] open = IntStream.range(0, live.size()).filter(i -> !live.get(i).done()).toArray();
    if (open.length == 0 || 2 * open.length > live.size()) {
      return live;
    }
    decoding.keep(
        Arrays.stream(open).flatMap(i -> IntStream.range(i * beams, (i + 1) * beams)).toArray());
    return Arrays.stream(open).mapToObj(live::get).toList();
  }

  private void goOn(List<Beams> searches, Scope step) {
    int rows = searches.size() * beams;
    long[] from = new long[rows];
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    for (int row = 0; row < rows; row++) {
      Beams search = searches.get(row / beams);
      Beams.Beam beam = search.running().get(row % beams);
      // A search that is done goes on writing at its last place, where nobody reads any more.
      from[row] = search.done() ? row : row / beams * beams + beam.row();
      tokens[row] = beam.last();
      positions[row] = search.length() - 1L;
    }
    int reach = searches.stream().filter(s -> !s.done()).mapToInt(Beams::length).max().orElse(1);
    // The last token of each beam is not remembered yet.
    decoding.reorder(step, from, reach - 1);
    take(searches, decoding.next(step, tokens, positions, reach));
  }

  private static void take(List<Beams> searches, float[] logits) {
    int size = logits.length / searches.size();
    for (int i = 0; i < searches.size(); i++) {
      if (!searches.get(i).done()) {
        searches.get(i).step(Arrays.copyOfRange(logits, i * size, (i + 1) * size));
      }
    }
  }
}
