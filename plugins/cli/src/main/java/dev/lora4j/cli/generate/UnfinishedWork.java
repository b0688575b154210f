package dev.lora4j.cli.generate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Remainder of work on several pictures that was interrupted. */
final class UnfinishedWork {
  private UnfinishedWork() {}

  /**
   * Sentence about the finished pictures; empty if there are none.
   *
   * @param wanted all that were to be made, in their order; those between finished ones may be
   *     missing
   */
  static Optional<String> finished(List<Path> kept, List<Path> wanted) {
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        kept.size()
            + " of "
            + wanted.size()
            + " pictures "
            + (kept.size() == 1 ? "was finished and is kept: " : "were finished and are kept: ")
            + String.join(", ", runs(kept, wanted))
            + ".");
  }

  private static List<String> runs(List<Path> kept, List<Path> wanted) {
    List<String> runs = new ArrayList<>();
    Set<Path> there = Set.copyOf(kept);
    for (int first = 0; first < wanted.size(); first++) {
      int last = first;
      while (last < wanted.size() && there.contains(wanted.get(last))) {
        last++;
      }
      if (last - first == 1) {
        runs.add(wanted.get(first).toString());
      } else if (last > first) {
        runs.add(wanted.get(first) + " to " + wanted.get(last - 1));
      }
      first = last;
    }
    return runs;
  }

  /**
   * Text about resuming a grid.
   *
   * @param seed that was drawn, and that a repeated command would draw again
   */
  static String resumable(Path folder, int done, int wanted, Optional<Long> seed) {
    return done
        + " of "
        + wanted
        + " pictures are in "
        + folder
        + "; the same command "
        + seed.map(s -> "with --seed " + s + " ").orElse("")
        + "goes on from there.";
  }
}
