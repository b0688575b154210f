package dev.lora4j.mixers.steps;

import java.util.List;

/** Divisor of the content's numbers in K-LoRA, so that neither adapter wins by its size. */
public enum KLoraGamma {
  /** The sum of all magnitudes of the content by that of the style. */
  SUMS,
  /** The mean of these ratios of layers, as in the authors' program. */
  LAYERS;

  /**
   * The divisor.
   *
   * @param layers where both change something
   */
  double of(List<CompetingLayers.Layer> layers) {
    if (this == LAYERS) {
      return layers.stream()
          .mapToDouble(l -> l.content().sum() / l.style().sum())
          .average()
          .orElse(1);
    }
    double content = layers.stream().mapToDouble(l -> l.content().sum()).sum();
    return content / layers.stream().mapToDouble(l -> l.style().sum()).sum();
  }
}
