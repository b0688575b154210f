package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.Beside;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Patch;
import dev.lora4j.core.mix.PatchedSites;
import dev.lora4j.core.tensor.Held;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.Network;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.clip.ClipText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The networks of a base as one image sees them: with its adapters in or beside the weights. Valid
 * while its scope is open; the base itself is never changed.
 *
 * <p>Weights that stay the same all along go into the weights, where they cost nothing per step. As
 * soon as one depends on the step, the denoiser's adapters run beside the weights, except at sites
 * where a method cannot: those get new weights whenever theirs change.
 */
final class MixedNetworks {
  private final Scope scope;
  private final DiffusionModel base;
  private final Programs programs;
  private final MixPlan mix;
  private final int steps;
  private final Map<String, Map<String, Tensor>> textPatches = new HashMap<>();
  private final PatchedSites unetPatch;
  private final Map<String, Tensor> unetFactors;
  private final Set<String> besideSites;
  private Map<String, Tensor> heldPatch = Map.of();
  private Optional<Held> held = Optional.empty();

  MixedNetworks(Scope scope, DiffusionModel base, Programs programs, MixPlan mix, int steps) {
    this.scope = scope;
    this.base = base;
    this.programs = programs;
    this.mix = mix;
    this.steps = steps;
    SiteCatalogue sites = base.sites();
    Patch patch = programs.patch();
    for (TextEncoder encoder : base.textEncoders()) {
      String model = encoder.model();
      Set<String> touched = Beside.touched(mix, model);
      textPatches.put(
          model,
          new PatchedSites(scope, patch, encoder.weights(), sites, model, touched, mix)
              .at(mix.overall()));
    }
    besideSites = mix.constant() ? Set.of() : Beside.sites(mix, sites, "unet");
    unetFactors = new Beside(besideSites).factors(scope, patch, sites, mix);
    Set<String> inside = Beside.touched(mix, "unet");
    inside.removeAll(besideSites);
    unetPatch = new PatchedSites(scope, patch, base.unetWeights(), sites, "unet", inside, mix);
  }

  /**
   * Runs a text encoder.
   *
   * @param data what {@link dev.lora4j.diffusion.base.Networks#text} says
   */
  List<Tensor> text(Scope work, TextEncoder encoder, ClipText.View view, Map<String, Tensor> data) {
    Network network = programs.text(encoder, view, data.containsKey("places"));
    Map<String, Tensor> patch = textPatches.getOrDefault(encoder.model(), Map.of());
    return network.run(work, network.hold(work, encoder.weights(), patch, Map.of()), data);
  }

  /**
   * Runs the denoiser.
   *
   * @param inputs what {@link dev.lora4j.diffusion.base.Networks#unet} says
   * @return F32 [batch, channels, h, w]
   */
  Tensor unet(Scope work, Map<String, Tensor> inputs, int step) {
    Map<String, Tensor> data = new HashMap<>(inputs);
    float[] weights = mix.at(step, steps);
    if (!besideSites.isEmpty()) {
      data.put(Beside.WEIGHTS, Tensor.of(work, Shape.of(1, weights.length), weights));
    }
    Network network = programs.unet(besideSites);
    return network.run(work, held(network, unetPatch.at(weights)), data).get(0);
  }

  /** How adapters take part, as {@link Making} has it. */
  String route() {
    if (mix.parts().isEmpty()) {
      return "none";
    }
    return besideSites.isEmpty() ? "patched" : "beside";
  }

  /** Gathers the denoiser's weights anew only when some were patched since. */
  private Held held(Network network, Map<String, Tensor> patched) {
    if (held.isEmpty() || !heldPatch.equals(patched)) {
      held.ifPresent(Held::close);
      heldPatch = Map.copyOf(patched);
      held = Optional.of(network.hold(scope, base.unetWeights(), heldPatch, unetFactors));
    }
    return held.get();
  }
}
