package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import java.util.LinkedHashSet;
import java.util.Set;

/** Plan of a mixer of weights that one adapter can stand for: the same at all steps and places. */
final class ConstantPlan {
  /** More steps than pictures take, so that any dependence on the step shows. */
  private static final int STEPS = 1000;

  private ConstantPlan() {}

  /**
   * The plan of a mixer.
   *
   * @throws AdapterException naming what depends on steps or places
   */
  static MixPlan of(WeightMixer mixer, MixPlan asked, SiteCatalogue sites, AdapterDeltas changes) {
    MixPlan plan = mixer.plan(asked, STEPS, sites, changes);
    Set<String> problems = new LinkedHashSet<>();
    for (MixPlan.Part part : plan.parts()) {
      String name = part.adapter().name();
      if (!part.weight().constant()) {
        problems.add(name + " weighs more in some steps than in others");
      }
      part.area().ifPresent(a -> problems.add(name + " counts within " + a.name() + " alone"));
    }
    if (problems.isEmpty()) {
      return plan;
    }
    throw new AdapterException(
        "There is no one adapter of what the mixer "
            + new MixerCode(mixer).name()
            + " does while a picture is made: "
            + String.join(", ", problems)
            + ". Mix with it while pictures are made.");
  }
}
