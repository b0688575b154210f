package dev.lora4j.text.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Division of examples into those that are learned and those to validate by.
 *
 * @param learned the larger part, in the order of the examples
 * @param heldOut the rest, in the order of the examples
 */
public record Division<T>(List<T> learned, List<T> heldOut) {
  /** Copies its lists. */
  public Division {
    learned = List.copyOf(learned);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Holds a share of examples out, as {@link TextDataSet#split} does.
   *
   * @param share 0 to 1; at least one example is held out where it is above 0
   * @throws IllegalArgumentException if nothing would be left to train on
   */
  public static <T> Division<T> of(List<T> examples, double share, long seed) {
    boolean[] out = TextDataSet.heldOut(examples.size(), share, seed);
    return new Division<>(part(examples, out, false), part(examples, out, true));
  }

  private static <T> List<T> part(List<T> examples, boolean[] out, boolean wanted) {
    return IntStream.range(0, out.length)
        .filter(i -> out[i] == wanted)
        .<T>mapToObj(examples::get)
        .toList();
  }
}
