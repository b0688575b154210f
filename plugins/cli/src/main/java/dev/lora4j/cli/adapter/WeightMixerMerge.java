package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.spi.ExtensionRequest;
import java.util.LinkedHashSet;
import java.util.Set;

/** Merge by a mixer of weights, where one adapter can have the whole plan. */
final class WeightMixerMerge {
  /** More steps than pictures take, so that any dependence on the step shows. */
  private static final int STEPS = 1000;

  private WeightMixerMerge() {}

  /**
   * The plan of a mixer, which is the same in all steps and places.
   *
   * @throws Failure naming what depends on them
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
    throw new Failure(
        "There is no one adapter of what the mixer "
            + ExtensionRequest.of(mixer).name()
            + " does while a picture is made: "
            + String.join(", ", problems)
            + ". Give it to generate.");
  }
}
