package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.Beside;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Patch;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.ModelFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The networks of a base as one image sees them: with its adapters in or beside the weights. Valid
 * while its scope is open; the base itself is never changed.
 *
 * <p>Weights that stay the same all along go into the weights, where they cost nothing per step. As
 * soon as one depends on the step, the denoiser's adapters run beside the weights.
 */
final class MixedNetworks {
  private final ModelFolder base;
  private final Programs programs;
  private final MixPlan mix;
  private final int steps;
  private final Map<String, Tensor> textPatch;
  private final Map<String, Tensor> unetPatch;
  private final Map<String, Tensor> unetFactors;
  private final Set<String> besideSites;

  MixedNetworks(Scope scope, ModelFolder base, Programs programs, MixPlan mix, int steps) {
    this.base = base;
    this.programs = programs;
    this.mix = mix;
    this.steps = steps;
    List<Adapter> adapters = mix.adapters();
    Patch patch = programs.patch();
    float[] overall = mix.overall();
    textPatch = patch.apply(scope, base.textWeights(), "text_encoder", adapters, overall);
    if (mix.constant()) {
      besideSites = Set.of();
      unetFactors = Map.of();
      unetPatch = patch.apply(scope, base.unetWeights(), "unet", adapters, overall);
    } else {
      besideSites = Beside.sites(adapters, "unet");
      unetFactors = new Beside(besideSites).factors(scope, adapters);
      unetPatch = Map.of();
    }
  }

  /** ids: I64 [batch, tokens]; result: F32 [batch, tokens, width]. */
  Tensor text(Scope scope, Tensor ids) {
    return programs.text().run(scope, base.textWeights(), textPatch, Map.of("ids", ids)).get(0);
  }

  /** x: F32 [batch, channels, h, w], timesteps: F32 [batch]; result: like x. */
  Tensor unet(Scope scope, Tensor x, Tensor timesteps, Tensor context, int step) {
    Map<String, Tensor> data = new HashMap<>(unetFactors);
    data.put("x", x);
    data.put("timesteps", timesteps);
    data.put("context", context);
    if (!besideSites.isEmpty()) {
      float[] weights = mix.at(step, steps);
      data.put(Beside.WEIGHTS, Tensor.of(scope, Shape.of(1, weights.length), weights));
    }
    return programs.unet(besideSites).run(scope, base.unetWeights(), unetPatch, data).get(0);
  }
}
