package dev.lora4j.core.mixer;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;

/**
 * Mixer that sets the weights of adapters at each step, block and place of a picture. It makes a
 * plan out of the requested plan; every way of running plans honours all that they can express.
 */
public non-sealed interface WeightMixer extends Mixer {
  /**
   * The plan to run.
   *
   * @param asked the adapters with the requested weights
   * @param steps of the picture
   * @param sites of the base
   * @param changes changes of the adapters; measuring takes time, which most mixers can do without
   * @throws IllegalArgumentException if it cannot honour the request, naming the part
   */
  MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes);

  /**
   * The plan to run with an init image, which skips the first steps; that of all steps by default.
   *
   * @param first the first step of the run
   */
  default MixPlan planFrom(
      int first, MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
    return plan(asked, steps, sites, changes);
  }
}
