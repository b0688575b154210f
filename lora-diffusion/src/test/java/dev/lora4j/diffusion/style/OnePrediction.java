package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import java.util.List;
import java.util.Map;

/** Prediction of a denoiser for a picture of its base on the way from noise. */
final class OnePrediction {
  private OnePrediction() {}

  /** The prediction with a prompt and an adapter at a weight; 0 is the base alone. */
  static float[] of(StableDiffusion sd, Adapter adapter, double weight, String prompt) {
    LatentPath path = sd.paths(List.of(Prompt.of("a face").seed(99).steps(4))).get(0);
    EncodedCaption caption = sd.encodeCaptions(List.of(prompt), 0).get(0);
    try (Scope scope = sd.scope().child("predicted")) {
      Shape one = path.shape();
      Shape latents = Shape.of(1, one.size(0), one.size(1), one.size(2));
      long width = sd.base().denoiser().crossAttentionDim();
      Shape context = Shape.of(1, caption.context().length / width, width);
      float timestep = (float) path.levels().get(1).timestep();
      Map<String, Tensor> inputs =
          Map.of(
              "x",
              Tensor.of(scope, latents, path.latents().get(1)),
              "timesteps",
              Tensor.of(scope, Shape.of(1), timestep),
              "context",
              Tensor.of(scope, context, caption.context()));
      MixPlan plan = weight == 0 ? MixPlan.NONE : MixPlan.of(adapter, weight);
      return sd.rowPredictor(scope, List.of(plan)).predict(scope, List.of(0), inputs).floats();
    }
  }
}
