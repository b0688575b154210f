package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import java.util.List;

/** Rules for sequences of adapters at a site. */
final class PlanRules {
  private PlanRules() {}

  /**
   * Refuses parts whose result would differ from the plan.
   *
   * @throws AdapterException naming the adapters and what to do
   */
  static void check(Site site, List<Part> parts, MixPlan plan) {
    for (Part part : parts) {
      if (part.additive(LayerParameter.BIAS) && !site.bias()) {
        throw new AdapterException(
            name(plan, part)
                + " adds to the bias of "
                + site.name()
                + ", but this layer of the base has none.");
      }
      if (plan.order() == AdapterOrder.IN_TURN && part.method() instanceof TransformMethod method) {
        for (Part earlier : parts.subList(0, parts.indexOf(part))) {
          if (method.overrides(earlier.factors().structure())) {
            throw new AdapterException(
                name(plan, part)
                    + " acts after "
                    + name(plan, earlier)
                    + " at "
                    + site.name()
                    + " and would undo part of its effect. Leave one of them out, or mix them in"
                    + " the order "
                    + AdapterOrder.FROM_BASE
                    + ", which computes both from the base's own weight.");
          }
        }
      }
    }
  }

  /**
   * Exception for a part that cannot be limited to a region.
   *
   * @param acted whether a later adapter acts on the weight
   */
  static AdapterException noRegion(Site site, Part part, MixPlan plan, boolean acted) {
    return new AdapterException(
        name(plan, part)
            + " counts in a region alone, for which it has to run beside the weight of "
            + site.name()
            + (acted
                ? ", but an adapter after it acts on that weight. Put it last, or mix in the order "
                    + AdapterOrder.FROM_BASE
                    + "."
                : ", but this method has no form beside weights there. Leave out its region, or"
                    + " that layer."));
  }

  /**
   * Refuses parts that no weight has.
   *
   * @throws AdapterException naming one, and what to do
   */
  static void requireMergeable(Site site, List<Part> parts, MixPlan plan) {
    for (Part part : parts) {
      if (part.routed()) {
        throw noWeight(site, part, plan);
      }
    }
  }

  /** Exception for a part that would be merged, and that no weight has. */
  static AdapterException noWeight(Site site, Part part, MixPlan plan) {
    return new AdapterException(
        name(plan, part)
            + " cannot be merged: its effect at "
            + site.name()
            + " depends on the layer's input, so that no weight has it. Use it beside its base"
            + " instead, unmerged: text generate --lora, text evaluate --lora, or generate --lora"
            + " without --route merged. Text encoders of pictures take merged adapters alone; give it"
            + " the weight 0 there (--lora-te).");
  }

  /** Exception for a part with a router before one that acts on the weight. */
  static AdapterException routedBefore(Site site, Part part, MixPlan plan) {
    return new AdapterException(
        name(plan, part)
            + " runs beside the weight of "
            + site.name()
            + ", as its effect depends on the layer's input, but an adapter after it acts on that"
            + " weight. Put it last, or mix in the order "
            + AdapterOrder.FROM_BASE
            + ".");
  }

  private static String name(MixPlan plan, Part part) {
    String adapter = plan.parts().get(part.adapter()).adapter().name();
    return adapter + " (" + part.method().name() + ")";
  }
}
