package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import java.util.List;

/**
 * A weighted sum at one site: {@code share * (sum of ratio * up * down)}. The share is the greatest
 * coefficient's magnitude and goes into alpha, so that the factors of a single part need no
 * rounding.
 */
record SiteSum(Site site, List<MethodTerm> parts) {
  /** Properties that sites need in common to be computed together. */
  record Key(long out, long rest, List<Integer> ranks, List<DType> types) {}

  SiteSum {
    parts = List.copyOf(parts);
  }

  Key key() {
    return new Key(
        site.out(),
        site.rest(),
        parts.stream().map(MethodTerm::rank).toList(),
        parts.stream().map(MethodTerm::dtype).toList());
  }

  int rank() {
    return parts.stream().mapToInt(MethodTerm::rank).sum();
  }

  /**
   * Returns true if the whole matrix takes no more room than its factors. A sum of LoRA alone stays
   * LoRA all the same, as every program reads it.
   */
  boolean whole() {
    return elements() >= site.out() * site.rest()
        && parts.stream().anyMatch(p -> !p.factors().method().equals(LoraMethod.NAME));
  }

  double share() {
    return parts.stream().mapToDouble(p -> Math.abs(p.coefficient())).max().orElse(0);
  }

  /** Elements of both factors. */
  long elements() {
    return rank() * (site.out() + site.rest());
  }
}
