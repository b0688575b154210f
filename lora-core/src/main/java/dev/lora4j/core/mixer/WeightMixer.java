package dev.lora4j.core.mixer;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;

/**
 * Decides what adapters weigh at each step, block and place of a picture. It makes a plan out of
 * the plan that was asked for; what plans can say, every way of running them honours.
 */
public non-sealed interface WeightMixer extends Mixer {
  /**
   * The plan to run.
   *
   * @param asked the adapters with the weights that were asked for
   * @param steps of the picture
   * @param sites of the base
   * @param changes what the adapters change; looking takes time, which most mixers can do without
   * @throws IllegalArgumentException if it cannot honour what was asked for, naming that
   */
  MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes);

  /**
   * The plan to run where a picture is begun with, so that the first steps are not made; that of
   * all steps by default.
   *
   * @param first the step that is made first
   */
  default MixPlan planFrom(
      int first, MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    return plan(asked, steps, sites, changes);
  }
}
