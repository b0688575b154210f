package dev.lora4j.core.train.calibration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ranks of layers by how much of the variation of their inputs each direction explains (EVA). */
final class VariationRanks {
  private record Direction(String layer, double share) {}

  private VariationRanks() {}

  /**
   * The ranks: of all directions of all layers, the {@code budget} with the greatest shares. Of
   * equal ones the first.
   *
   * @param shares explained by the directions of each layer
   */
  static Map<String, Integer> of(Map<String, double[]> shares, long budget) {
    List<Direction> all = new ArrayList<>();
    Map<String, Integer> ranks = new LinkedHashMap<>();
    shares.forEach(
        (layer, own) -> {
          ranks.put(layer, 0);
          for (double share : own) {
            all.add(new Direction(layer, share));
          }
        });
    all.sort(Comparator.comparingDouble(d -> -d.share()));
    all.stream().limit(budget).forEach(d -> ranks.merge(d.layer(), 1, Integer::sum));
    return ranks;
  }
}
