package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Parts of several adapters at one site, in the order of the plan. */
final class SiteParts {
  /**
   * The factors of one method.
   *
   * @param adapter index of the adapter in the plan
   * @param place which of the adapter's factors at the site these are
   * @param share what share of the adapter's weight counts at the site
   */
  record Part(int adapter, int place, Factors factors, AdapterMethod method, double share) {
    /** The same part of an adapter with another index. */
    Part of(int other) {
      return new Part(other, place, factors, method, share);
    }

    boolean additive(LayerParameter target) {
      return method instanceof AdditiveMethod m && m.target(factors.structure()) == target;
    }

    /** Returns true if it is a product of two factors that stacks with others. */
    boolean stacks(Site site) {
      return rank(site).isPresent();
    }

    /** Returns true if its effect depends on the layer's input, so that no weight has it. */
    boolean routed() {
      return method instanceof RoutedMethod;
    }

    /** Scale of its sum at weight 1; 1 where it is none. */
    double scale() {
      if (method instanceof RoutedMethod routed) {
        return routed.scale(factors.structure());
      }
      return method instanceof AdditiveMethod sum ? sum.scale(factors.structure()) : 1;
    }

    /** The rank of the product that it is, if it is one. */
    OptionalInt rank(Site site) {
      if (method instanceof RoutedMethod routed) {
        return OptionalInt.of(routed.rank(factors.structure()));
      }
      return additive(LayerParameter.WEIGHT)
          ? ((AdditiveMethod) method).rank(site, factors.structure())
          : OptionalInt.empty();
    }
  }

  private SiteParts() {}

  /** All parts at a site, each adapter at weight 1. */
  static List<Part> of(List<Adapter> adapters, String site) {
    MixPlan plan = MixPlan.NONE;
    for (Adapter adapter : adapters) {
      plan = plan.with(adapter, 1);
    }
    return of(plan, site);
  }

  /**
   * All parts at a site with a share other than 0. Within an adapter, methods that depend on the
   * weight act on the base's.
   */
  static List<Part> of(MixPlan plan, String site) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < plan.parts().size(); i++) {
      MixPlan.Part of = plan.parts().get(i);
      double share = of.shares().at(site);
      List<Part> sums = new ArrayList<>();
      List<Factors> all = share == 0 ? List.of() : of.adapter().at(site);
      for (int place = 0; place < all.size(); place++) {
        Factors factors = all.get(place);
        Part part = new Part(i, place, factors, Methods.named(factors.method()), share);
        (part.method() instanceof TransformMethod ? parts : sums).add(part);
      }
      parts.addAll(sums);
    }
    return parts;
  }

  /**
   * The parts that change one of the site's parameters.
   *
   * @throws AdapterException if no parameter has the effect of one
   */
  static List<Part> changing(Site site, List<Part> parts, LayerParameter target) {
    for (Part part : parts) {
      if (part.routed()) {
        throw new AdapterException(
            "No weight of "
                + site.name()
                + " has the effect of the method "
                + part.method().name()
                + ", which depends on the layer's input; use it unmerged.");
      }
    }
    return parts.stream().filter(p -> p.additive(target) || transforms(site, p, target)).toList();
  }

  private static boolean transforms(Site site, Part part, LayerParameter target) {
    return part.method() instanceof TransformMethod method
        && (target == LayerParameter.WEIGHT
            || (site.bias() && method.changesBias(part.factors().structure())));
  }
}
