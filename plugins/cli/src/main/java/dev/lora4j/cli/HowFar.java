package dev.lora4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is left of work on several pictures that did not come to its end. */
final class HowFar {
  private HowFar() {}

  /** The finished pictures of a list, in a sentence; nothing if there are none. */
  static Optional<String> finished(List<Path> files, int wanted) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    Path first = files.get(0);
    Path last = files.get(files.size() - 1);
    return Optional.of(
        files.size()
            + " of "
            + wanted
            + " pictures "
            + (files.size() == 1 ? "was finished and is kept: " : "were finished and are kept: ")
            + (first.equals(last) ? first : first + " to " + last)
            + ".");
  }

  /**
   * How to go on with a grid.
   *
   * @param seed that was drawn, and that a repeated command would draw anew
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
