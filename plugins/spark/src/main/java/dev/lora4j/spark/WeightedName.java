package dev.lora4j.spark;

import dev.lora4j.core.mix.Weight;
import java.util.ArrayList;
import java.util.List;

/** An adapter of a row and how much it acts, as in {@code ink:0.8}. */
record WeightedName(String name, Weight weight) {
  /**
   * Reads {@code NAME[:WEIGHT],...}, or {@code NAME[:WEIGHT];...} where weights have commas
   * themselves; without a weight it is 1.
   *
   * @throws IllegalArgumentException if a part is none
   */
  static List<WeightedName> list(String text) {
    List<WeightedName> all = new ArrayList<>();
    for (String part :
        text.isBlank() ? new String[0] : text.split(text.contains(";") ? ";" : ",")) {
      int colon = part.indexOf(':');
      String name = (colon < 0 ? part : part.substring(0, colon)).strip();
      if (name.isEmpty()) {
        throw new IllegalArgumentException(
            "its adapters are '" + text + "'; they are written NAME:WEIGHT,NAME:WEIGHT");
      }
      Weight weight = colon < 0 ? Weight.of(1) : weight(text, part.substring(colon + 1).strip());
      all.add(new WeightedName(name, weight));
    }
    return all;
  }

  private static Weight weight(String text, String written) {
    try {
      return Weight.parse(written);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "its adapters are '" + text + "', in which " + written + " is no weight", e);
    }
  }
}
