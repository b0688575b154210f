package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.NearestNames;
import java.util.List;

/** A name that is none of those there are. */
final class UnknownName {
  private UnknownName() {}

  /**
   * The error, with the nearest of the names and all of them.
   *
   * @param what was to be chosen, for example {@code sampler}
   */
  static IllegalArgumentException unknown(String what, String name, List<String> names) {
    List<String> near = NearestNames.near(name, names, 1);
    return new IllegalArgumentException(
        "There is no "
            + what
            + " '"
            + name
            + "'; "
            + (near.isEmpty() ? "there are " : "did you mean " + near.get(0) + "? There are ")
            + String.join(", ", names)
            + ".");
  }
}
