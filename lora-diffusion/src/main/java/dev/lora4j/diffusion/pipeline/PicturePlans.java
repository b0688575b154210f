package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.spi.ExtensionRequest;
import java.util.List;
import java.util.Optional;

/**
 * What a picture's mixer makes of the adapters that were asked for.
 *
 * @param plans with each of which the denoiser runs in every step; at least one
 * @param composition what makes one output of theirs; absent if no mixer does, and there is one
 *     plan
 */
record PicturePlans(List<MixPlan> plans, Optional<OutputMixer> composition) {
  PicturePlans {
    plans = List.copyOf(plans);
  }

  /**
   * Asks the mixer. Without adapters there is nothing to mix.
   *
   * @throws IllegalArgumentException if the mixer cannot honour what was asked for
   */
  static PicturePlans of(Prompt prompt, SiteCatalogue sites) {
    MixPlan asked = prompt.mix();
    if (prompt.mixer().isEmpty() || asked.parts().isEmpty()) {
      return new PicturePlans(List.of(asked), Optional.empty());
    }
    Mixer mixer = prompt.mixer().get();
    String name = ExtensionRequest.of(mixer).name();
    if (mixer instanceof WeightMixer weights) {
      MixPlan plan = weights.plan(asked, prompt.steps(), sites);
      return new PicturePlans(List.of(plan.route(asked.route())), Optional.empty());
    }
    if (mixer instanceof OutputMixer outputs) {
      List<MixPlan> plans = outputs.plans(asked);
      if (plans.isEmpty()) {
        throw new IllegalArgumentException(
            name + " makes no plan of " + asked + "; it should make at least one.");
      }
      return new PicturePlans(
          plans.stream().map(p -> p.route(asked.route())).toList(), Optional.of(outputs));
    }
    throw new IllegalArgumentException(
        name
            + " makes one adapter of several before it is used: merge with it, and use that file.");
  }
}
