package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.lowrank.SumPlan.Whole;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums of what has no low-rank form: the changes of biases and of norms. */
final class WholeSums {
  private WholeSums() {}

  /** The factors at each site. */
  static Map<String, List<Factors>> of(Scope scope, SumPlan plan, DType stored) {
    Map<String, List<Factors>> result = new HashMap<>();
    plan.rest()
        .forEach(
            (site, all) -> {
              for (Whole one : all) {
                if (all.size() > 1 || one.weight() != 1) {
                  throw new AdapterException("Sums of changes of biases and norms: " + site);
                }
                put(result, site, one.factors());
              }
            });
    return result;
  }

  /** Adds factors to those of a site. */
  static void put(Map<String, List<Factors>> result, String site, Factors factors) {
    result.computeIfAbsent(site, k -> new ArrayList<>()).add(factors);
  }
}
