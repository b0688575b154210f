package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Weighted sum of adapters at each site.
 *
 * @param products the sums that are products of factors
 * @param rest changes without such a form, those of biases and norms, with its weight
 */
record SumPlan(List<SiteSum> products, SortedMap<String, List<Whole>> rest) {
  /** Factors that are taken as a whole. */
  record Whole(Site site, Factors factors, double weight) {
    Whole plus(Whole other) {
      return new Whole(site, factors, weight + other.weight);
    }
  }

  /**
   * Plans a sum.
   *
   * @param sites the layers of the base by name
   * @throws AdapterException if a site is unknown, or a method has no change of its own
   */
  static SumPlan of(List<Term> terms, Map<String, Site> sites) {
    SortedMap<String, List<MethodTerm>> parts = new TreeMap<>();
    SortedMap<String, List<Whole>> rest = new TreeMap<>();
    for (Term term : terms) {
      Adapter adapter = term.adapter();
      for (Map.Entry<String, List<Factors>> at : adapter.sites().entrySet()) {
        Site site = SumRequirements.site(adapter, at.getKey(), sites);
        for (Factors factors : at.getValue()) {
          AdditiveMethod method =
              SumRequirements.method(adapter, site.name(), factors, "they have no sum with others");
          double weight = term.at(site.name(), method.target(factors.structure()));
          if (weight == 0 || method.scale(factors.structure()) == 0) {
            continue;
          }
          if (product(site, factors, method)) {
            add(
                parts.computeIfAbsent(site.name(), k -> new ArrayList<>()),
                MethodTerm.of(site, factors, method, weight),
                MethodTerm::factors,
                MethodTerm::plus);
          } else {
            add(
                rest.computeIfAbsent(site.name(), k -> new ArrayList<>()),
                new Whole(site, factors, weight),
                Whole::factors,
                Whole::plus);
          }
        }
      }
    }
    parts.values().forEach(all -> all.removeIf(part -> part.coefficient() == 0));
    parts.values().removeIf(List::isEmpty);
    rest.values().forEach(all -> all.removeIf(one -> one.weight() == 0));
    rest.values().removeIf(List::isEmpty);
    if (parts.isEmpty() && rest.isEmpty()) {
      throw new AdapterException(
          "The sum of "
              + String.join(", ", terms.stream().map(t -> t.adapter().name()).toList())
              + " would do nothing: all weights or scales are 0, or they cancel.");
    }
    List<SiteSum> products = new ArrayList<>();
    parts.forEach(
        (name, all) ->
            products.add(
                new SiteSum(SumRequirements.site(terms.get(0).adapter(), name, sites), all)));
    return new SumPlan(products, rest);
  }

  /** Adds a term; equal factors merge into one term with the sum of the weights. */
  private static <T> void add(
      List<T> all, T one, Function<T, Factors> factors, BinaryOperator<T> plus) {
    for (int i = 0; i < all.size(); i++) {
      if (factors.apply(all.get(i)).equals(factors.apply(one))) {
        all.set(i, plus.apply(all.get(i), one));
        return;
      }
    }
    all.add(one);
  }

  private static boolean product(Site site, Factors factors, AdditiveMethod method) {
    return method.target(factors.structure()) == LayerParameter.WEIGHT
        && site.kind() != Site.Kind.NORM;
  }
}
