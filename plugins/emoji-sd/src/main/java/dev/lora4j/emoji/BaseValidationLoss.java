package dev.lora4j.emoji;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.train.MinSnr;
import dev.lora4j.diffusion.train.NoisyLatents;
import dev.lora4j.diffusion.train.TextToImageTrainer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The loss of a finished base on pictures that it was not trained on: each with its plain name, at
 * the middles of equal parts of the timesteps, with noise that is the same each time, so that two
 * values differ by the weights alone.
 */
final class BaseValidationLoss {
  /** Seed that separates the noise from that of training, whatever its seed. */
  private static final long SEED = 0x68656c64L;

  private static final int TIMESTEPS = 8;

  private BaseValidationLoss() {}

  /**
   * The mean over pictures and timesteps.
   *
   * @param gamma of the weights of the loss, as in training
   */
  static double of(StableDiffusion sd, List<Picture> pictures, double gamma) {
    List<float[]> latents = sd.encode(pictures);
    List<EncodedCaption> captions =
        sd.encodeCaptions(pictures.stream().map(Picture::caption).toList(), 0);
    DenoiserNetwork denoiser = sd.base().denoiser();
    NoiseSchedule schedule = sd.base().schedule();
    double sum = 0;
    try (Scope scope = sd.scope().child("held-out loss")) {
      Network network = Network.compile(scope, "unet", DType.F32, staging(denoiser, schedule));
      for (int i = 0; i < pictures.size(); i++) {
        try (Scope one = scope.child("picture")) {
          Map<String, Tensor> inputs =
              inputs(one, denoiser, schedule, gamma, i, latents.get(i), captions.get(i));
          sum += network.run(one, sd.base().denoiserWeights(), inputs).get(0).floats()[0];
        }
      }
    }
    return sum / pictures.size();
  }

  private static Network.Staging staging(DenoiserNetwork denoiser, NoiseSchedule schedule) {
    return (graph, weights) -> {
      long any = Shape.UNKNOWN;
      Shape latent = Shape.of(any, denoiser.inChannels(), any, any);
      Expr latents = graph.input("latents", DType.F32, latent);
      Expr noise = graph.input("noise", DType.F32, latent);
      Expr left = graph.input("alpha_cumprod", DType.F32, Shape.of(any));
      Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(any));
      Expr weight = graph.input("weight", DType.F32, Shape.of(any));
      Shape words = Shape.of(any, any, denoiser.crossAttentionDim());
      Expr context = graph.input("context", DType.F32, words);
      NoisyLatents noisy = NoisyLatents.of(latents, noise, left, schedule.config().prediction());
      DenoiserInputs told =
          DenoiserInputs.of(noisy.noisy(), timesteps, TextConditioning.of(context));
      if (denoiser.pooledWidth() > 0) {
        Expr pooled = graph.input("pooled", DType.F32, Shape.of(any, denoiser.pooledWidth()));
        told = told.with(new AddedConditioning(pooled, Optional.empty()));
      }
      Expr predicted = denoiser.stage(weights.apply(SiteAdapters.NONE), told, false);
      return List.of(noisy.loss(predicted, weight));
    };
  }

  private static Map<String, Tensor> inputs(
      Scope scope,
      DenoiserNetwork denoiser,
      NoiseSchedule schedule,
      double gamma,
      int picture,
      float[] latents,
      EncodedCaption caption) {
    int n = TIMESTEPS;
    float[] noise = new float[n * latents.length];
    float[] left = new float[n];
    float[] timesteps = new float[n];
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      int t = (int) ((i + 0.5) / n * schedule.size());
      left[i] = (float) schedule.alphaCumprod(t);
      timesteps[i] = (float) TextToImageTrainer.told(schedule, t);
      weights[i] = (float) MinSnr.weight(schedule, t, gamma);
      SeededNoise.of(SEED, picture, i).gaussians(noise, i * latents.length, latents.length);
    }
    int side = (int) Math.round(Math.sqrt(latents.length / (double) denoiser.inChannels()));
    Shape latent = Shape.of(n, denoiser.inChannels(), side, side);
    int width = denoiser.crossAttentionDim();
    Shape rows = Shape.of(n);
    float[] context = caption.context();
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("latents", Tensor.of(scope, latent, repeated(latents)));
    inputs.put("noise", Tensor.of(scope, latent, noise));
    inputs.put("alpha_cumprod", Tensor.of(scope, rows, left));
    inputs.put("timesteps", Tensor.of(scope, rows, timesteps));
    inputs.put("weight", Tensor.of(scope, rows, weights));
    inputs.put(
        "context", Tensor.of(scope, Shape.of(n, context.length / width, width), repeated(context)));
    if (denoiser.pooledWidth() > 0) {
      Shape pooled = Shape.of(n, denoiser.pooledWidth());
      inputs.put("pooled", Tensor.of(scope, pooled, repeated(caption.pooled())));
    }
    return inputs;
  }

  private static float[] repeated(float[] row) {
    float[] rows = Arrays.copyOf(row, TIMESTEPS * row.length);
    for (int i = 1; i < TIMESTEPS; i++) {
      System.arraycopy(row, 0, rows, i * row.length, row.length);
    }
    return rows;
  }
}
