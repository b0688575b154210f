package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.lowrank.SumRequirements;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The adapters of a plan, parameter by parameter. Those that weigh nothing anywhere take no part.
 *
 * @param parts of the plan that take part
 * @param parameters in the order of their names
 */
record Mixture(List<MixPlan.Part> parts, List<MixedParameter> parameters) {
  /**
   * Checks a plan and divides it.
   *
   * @param mixer its name, for messages
   * @param sites the layers of the base by name
   * @throws AdapterException if it asks for what one change cannot be, or would do nothing
   */
  static Mixture of(String mixer, MixPlan plan, Map<String, Site> sites) {
    List<String> problems = new ArrayList<>();
    plan.parts().forEach(part -> problem(mixer, part).ifPresent(problems::add));
    if (!problems.isEmpty()) {
      throw new AdapterException(String.join(" ", problems));
    }
    List<MixPlan.Part> active = new ArrayList<>();
    SortedMap<String, MixedParameter> parameters = new TreeMap<>();
    for (MixPlan.Part part : plan.parts()) {
      List<MixedParameter> own = parameters(mixer, part, active.size(), sites);
      if (!own.isEmpty()) {
        active.add(part);
        own.forEach(p -> parameters.merge(p.name(), p, Mixture::joined));
      }
    }
    if (active.isEmpty()) {
      throw new AdapterException(
          capital(mixer)
              + " has nothing to mix: "
              + (plan.parts().isEmpty()
                  ? "there are no adapters."
                  : "all weights or scales are 0 (" + plan + ")."));
    }
    return new Mixture(List.copyOf(active), List.copyOf(parameters.values()));
  }

  List<Adapter> adapters() {
    return parts.stream().map(MixPlan.Part::adapter).toList();
  }

  /** The weights of all adapters at a layer, whether they change it or not. */
  double[] weights(Site site) {
    return parts.stream().mapToDouble(part -> weight(part, site.name())).toArray();
  }

  private static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  private static double weight(MixPlan.Part part, String site) {
    return part.overall(site) * part.shares().at(site);
  }

  private static Optional<String> problem(String mixer, MixPlan.Part part) {
    String once = mixer + " makes one change that is the same";
    if (part.area().isPresent()) {
      return Optional.of(
          part.adapter().name()
              + " counts in a part of the picture alone, and "
              + once
              + " everywhere; take its region away.");
    }
    if (!part.weight().constant()) {
      return Optional.of(
          part.adapter().name()
              + " has a weight that depends on the step, "
              + part.weight().text()
              + ", and "
              + once
              + " in all steps; give it one number.");
    }
    return Optional.empty();
  }

  private static List<MixedParameter> parameters(
      String mixer, MixPlan.Part part, int place, Map<String, Site> sites) {
    List<MixedParameter> own = new ArrayList<>();
    for (String name : part.adapter().sites().keySet()) {
      double weight = weight(part, name);
      Site site = SumRequirements.site(part.adapter(), name, sites);
      SortedMap<LayerParameter, List<Factors>> byTarget = new TreeMap<>();
      for (Factors factors : part.adapter().at(name)) {
        AdditiveMethod method =
            SumRequirements.method(
                part.adapter(), name, factors, mixer + " has no change of them to mix");
        if (weight != 0 && method.scale(factors.structure()) != 0) {
          byTarget
              .computeIfAbsent(method.target(factors.structure()), k -> new ArrayList<>())
              .add(factors);
        }
      }
      byTarget.forEach(
          (target, all) ->
              own.add(
                  new MixedParameter(
                      site, target, List.of(new MixedParameter.Part(place, weight, all)))));
    }
    return own;
  }

  private static MixedParameter joined(MixedParameter a, MixedParameter b) {
    List<MixedParameter.Part> both = new ArrayList<>(a.parts());
    both.addAll(b.parts());
    return new MixedParameter(a.site(), a.target(), both);
  }
}
