package dev.lora4j.spark;

import java.util.ArrayList;
import java.util.List;

/** An adapter of a row and how much it acts, as in {@code ink:0.8}. */
record WeightedName(String name, double weight) {
  /**
   * Reads {@code NAME[:WEIGHT],...}; without a weight it is 1.
   *
   * @throws IllegalArgumentException if a part is none
   */
  static List<WeightedName> list(String text) {
    List<WeightedName> all = new ArrayList<>();
    for (String part : text.isBlank() ? new String[0] : text.split(",")) {
      int colon = part.lastIndexOf(':');
      String name = (colon < 0 ? part : part.substring(0, colon)).strip();
      if (name.isEmpty()) {
        throw new IllegalArgumentException(
            "its adapters are '" + text + "'; they are written NAME:WEIGHT,NAME:WEIGHT");
      }
      all.add(new WeightedName(name, colon < 0 ? 1 : weight(text, part.substring(colon + 1))));
    }
    return all;
  }

  private static double weight(String text, String written) {
    try {
      return Double.parseDouble(written.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "its adapters are '" + text + "', in which " + written + " is no weight", e);
    }
  }
}
