package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.spi.NearestNames;
import java.util.List;

/** A name that is none of those there are. */
final class Choice {
  private Choice() {}

  /**
   * The error, with the nearest of the names and all of them.
   *
   * @param what was to be chosen, for example {@code sampler}
   */
  static IllegalArgumentException unknown(String what, String name, List<String> names) {
    String nearest = NearestNames.of(name, names, 1).get(0);
    boolean like = NearestNames.edits(name, nearest) <= Math.max(2, name.length() / 2);
    return new IllegalArgumentException(
        "There is no "
            + what
            + " '"
            + name
            + "'; "
            + (like ? "did you mean " + nearest + "? There are " : "there are ")
            + String.join(", ", names)
            + ".");
  }
}
