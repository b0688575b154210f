package dev.lora4j.text.generate;

import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Content of a mix, by which equal ones are found: what its adapters hold and at which weights, not
 * what they are called.
 */
record MixContent(List<Part> parts, AdapterOrder order, Route route) {
  /**
   * An adapter of it.
   *
   * @param identity SHA-256 of its factors
   * @param weight in the first step, which is that of all tokens
   * @param shares by site; 1 at others
   */
  record Part(
      String identity, float weight, Map<String, Double> shares, Optional<RegionMask> area) {}

  static MixContent of(MixPlan mix) {
    float[] weights = mix.at(0, 1);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      MixPlan.Part part = mix.parts().get(i);
      parts.add(
          new Part(part.adapter().identity(), weights[i], part.shares().bySite(), part.area()));
    }
    return new MixContent(List.copyOf(parts), mix.order(), mix.route());
  }
}
