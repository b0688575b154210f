package dev.lora4j.core.adapter.training;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.TreeMap;

/**
 * Initial factors of a layer for a warm start.
 *
 * @param recipe how it was trained: its rank and alpha
 * @param values by part; parts that are not there begin as they always do
 */
public record WarmStartFactors(SiteRecipe recipe, Map<String, HostTensor> values) {
  /** Copies the map. */
  public WarmStartFactors {
    values = Map.copyOf(values);
  }

  /** Values that are called by their roles. */
  public static WarmStartFactors of(SiteRecipe recipe, Map<String, HostTensor> values) {
    return new WarmStartFactors(recipe, new TreeMap<>(values));
  }
}
