package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.Arrays;
import java.util.List;

/** Beam searches of several requests together, one token of each of their beams at a time. */
record BeamSearch(Scope scope, Decoding decoding, List<BeamHypotheses> searches, int beams) {
  /**
   * Runs all searches to their ends.
   *
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  void run() {
    try (Scope step = scope.child("step")) {
      take(searches, decoding.first(step));
    }
    List<BeamHypotheses> live = ActiveRows.of(searches, BeamHypotheses::done, beams, decoding);
    while (live.stream().anyMatch(s -> !s.done())) {
      SampledGeneration.requireGoingOn();
      try (Scope step = scope.child("step")) {
        goOn(live, step);
      }
      live = ActiveRows.of(live, BeamHypotheses::done, beams, decoding);
    }
  }

  private void goOn(List<BeamHypotheses> searches, Scope step) {
    int rows = searches.size() * beams;
    long[] from = new long[rows];
    long[] tokens = new long[rows];
    long[] positions = new long[rows];
    for (int row = 0; row < rows; row++) {
      BeamHypotheses search = searches.get(row / beams);
      BeamHypotheses.Beam beam = search.running().get(row % beams);
      // A finished search still writes at its last place, which has no readers.
      from[row] = search.done() ? row : row / beams * beams + beam.row();
      tokens[row] = beam.last();
      positions[row] = search.length() - 1L;
    }
    int reach =
        searches.stream().filter(s -> !s.done()).mapToInt(BeamHypotheses::length).max().orElse(1);
    // The last token of each beam is not remembered yet.
    decoding.reorder(step, from, reach - 1);
    take(searches, decoding.next(step, tokens, positions, reach));
  }

  private static void take(List<BeamHypotheses> searches, float[] logits) {
    int size = logits.length / searches.size();
    for (int i = 0; i < searches.size(); i++) {
      if (!searches.get(i).done()) {
        searches.get(i).step(Arrays.copyOfRange(logits, i * size, (i + 1) * size));
      }
    }
  }
}
