package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.spi.ExtensionRequest;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Plans that a picture's mixer makes of the requested adapters.
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
   * Makes the plans with the prompt's mixer. Without adapters there is nothing to mix.
   *
   * @param mixed cache of adapters that mixers make of several
   * @param listener receives the progress of those that are made
   * @throws IllegalArgumentException if the mixer does not support the request
   * @throws dev.lora4j.core.adapter.AdapterException if the mixer makes one adapter, and there is
   *     none for the request
   */
  static PicturePlans of(
      Prompt prompt, SiteCatalogue sites, MixedAdapters mixed, StepListener listener) {
    MixPlan asked = prompt.mix();
    if (prompt.mixer().isEmpty() || asked.parts().isEmpty()) {
      return alone(asked);
    }
    Mixer mixer = prompt.mixer().get();
    if (mixer instanceof DeltaMixer deltas) {
      return alone(counts(asked) ? mixed(deltas, asked, mixed, listener) : asked);
    }
    if (mixer instanceof WeightMixer weights) {
      return alone(
          weights
              .planFrom(first(prompt), asked, prompt.steps(), sites, mixed.changes())
              .route(asked.route()));
    }
    OutputMixer outputs = (OutputMixer) mixer;
    List<MixPlan> plans = outputs.plans(asked);
    if (plans.isEmpty()) {
      throw new IllegalArgumentException(
          name(mixer) + " makes no plan of " + asked + "; it should make at least one.");
    }
    return new PicturePlans(
        plans.stream().map(p -> p.route(asked.route())).toList(), Optional.of(outputs));
  }

  /** First step: with an init image not that of the most noise. */
  private static int first(Prompt prompt) {
    return prompt.start().map(s -> prompt.steps() - s.made(prompt.steps())).orElse(0);
  }

  /** Adapters for the denoiser that count in none of the steps. */
  List<String> idle(Prompt prompt) {
    if (prompt.mixer().filter(DeltaMixer.class::isInstance).isPresent()) {
      return List.of();
    }
    return prompt.mix().parts().stream()
        .filter(part -> part.weight().value() != 0)
        .map(MixPlan.Part::adapter)
        .filter(adapter -> plans.stream().noneMatch(plan -> acts(adapter, plan, prompt)))
        .map(Adapter::name)
        .toList();
  }

  private static boolean acts(Adapter adapter, MixPlan plan, Prompt prompt) {
    return plan.parts().stream()
        .filter(part -> part.adapter().equals(adapter))
        .anyMatch(
            part ->
                IntStream.range(first(prompt), prompt.steps())
                    .anyMatch(step -> part.weight().at(step, prompt.steps()) != 0));
  }

  private static PicturePlans alone(MixPlan plan) {
    return new PicturePlans(List.of(plan), Optional.empty());
  }

  /** Adapters that all weigh nothing leave the base as it is, and no mixer could make one of it. */
  private static boolean counts(MixPlan asked) {
    return asked.parts().stream().anyMatch(p -> p.weight().value() != 0 || p.textWeight() != 0);
  }

  private static MixPlan mixed(
      DeltaMixer mixer, MixPlan asked, MixedAdapters mixed, StepListener listener) {
    return MixPlan.of(mixed.of(name(mixer), mixer, asked, listener), 1).route(asked.route());
  }

  private static String name(Mixer mixer) {
    return ExtensionRequest.of(mixer).name();
  }
}
