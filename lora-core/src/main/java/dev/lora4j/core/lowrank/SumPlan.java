package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.Target;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a weighted sum of adapters is at each site.
 *
 * @param products the sums that are products of factors
 * @param rest what has no such form, changes of biases and of norms, with its weight
 */
record SumPlan(List<SiteSum> products, SortedMap<String, List<Whole>> rest) {
  /** Factors that are taken as a whole. */
  record Whole(Site site, Factors factors, double weight) {}

  /**
   * Plans a sum.
   *
   * @param sites the layers of the base by name
   * @throws AdapterException if a site is unknown, or a method has no change of its own
   */
  static SumPlan of(List<Term> terms, Map<String, Site> sites) {
    SortedMap<String, List<Part>> parts = new TreeMap<>();
    SortedMap<String, List<Whole>> rest = new TreeMap<>();
    for (Term term : terms) {
      Adapter adapter = term.adapter();
      for (Map.Entry<String, List<Factors>> at : adapter.sites().entrySet()) {
        Site site = site(adapter, at.getKey(), sites);
        for (Factors factors : at.getValue()) {
          AdditiveMethod method = additive(adapter, site, factors);
          double weight = term.at(site.name(), method.target(factors.structure()));
          if (weight == 0 || method.scale(factors.structure()) == 0) {
            continue;
          }
          if (product(site, factors, method)) {
            parts
                .computeIfAbsent(site.name(), k -> new ArrayList<>())
                .add(Part.of(site, factors, method, weight));
          } else {
            rest.computeIfAbsent(site.name(), k -> new ArrayList<>())
                .add(new Whole(site, factors, weight));
          }
        }
      }
    }
    if (parts.isEmpty() && rest.isEmpty()) {
      throw new AdapterException(
          "The sum of "
              + String.join(", ", terms.stream().map(t -> t.adapter().name()).toList())
              + " would do nothing: all weights or scales are 0.");
    }
    List<SiteSum> products = new ArrayList<>();
    parts.forEach(
        (name, all) -> products.add(new SiteSum(site(terms.get(0).adapter(), name, sites), all)));
    return new SumPlan(products, rest);
  }

  private static boolean product(Site site, Factors factors, AdditiveMethod method) {
    return method.target(factors.structure()) == Target.WEIGHT && site.kind() != Site.Kind.NORM;
  }

  private static Site site(Adapter adapter, String name, Map<String, Site> sites) {
    return Optional.ofNullable(sites.get(name))
        .orElseThrow(
            () ->
                new AdapterException(
                    adapter.name()
                        + " changes "
                        + name
                        + ", but no layer of that name is known; name the base that it is for."));
  }

  private static AdditiveMethod additive(Adapter adapter, Site site, Factors factors) {
    AdapterMethod method = Methods.named(factors.method());
    if (method instanceof AdditiveMethod additive) {
      return additive;
    }
    throw new AdapterException(
        adapter.name()
            + " has factors of the method "
            + method.name()
            + " at "
            + site.name()
            + ". Their effect depends on the weight they act on, so they have no sum with others;"
            + " bake them into a base and extract what changed.");
  }
}
