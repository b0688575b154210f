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
  /** What decides whether sites can be computed together. */
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
   * Whether all its numbers take no more room than its factors would. A sum of LoRA alone stays one
   * all the same: every program reads that.
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
