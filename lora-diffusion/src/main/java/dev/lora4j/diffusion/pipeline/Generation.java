package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.base.ModelFolder;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.TorchRandom;
import java.util.List;

/** The way of one picture from noise to latents. */
final class Generation {
  private final Scope scope;
  private final ModelFolder base;
  private final Prompt prompt;
  private final MixedNetworks networks;
  private final Tensor context;
  private final boolean guided;

  Generation(
      Scope scope, ModelFolder base, Programs programs, ClipTokenizer tokenizer, Prompt prompt) {
    this.scope = scope;
    this.base = base;
    this.prompt = prompt;
    this.guided = prompt.guidance() != 1;
    networks = new MixedNetworks(scope, base, programs, prompt.mix(), prompt.steps());
    List<String> texts =
        guided ? List.of(prompt.negative(), prompt.text()) : List.of(prompt.text());
    context = networks.text(scope, ids(scope, tokenizer, texts));
  }

  /** I64 [texts, tokens]. */
  static Tensor ids(Scope scope, ClipTokenizer tokenizer, List<String> texts) {
    List<int[]> rows = texts.stream().map(t -> tokenizer.encode(t).ids()).toList();
    int tokens = rows.get(0).length;
    long[] ids = new long[rows.size() * tokens];
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < tokens; i++) {
        ids[row * tokens + i] = rows.get(row)[i];
      }
    }
    return Tensor.ofLongs(scope, Shape.of(rows.size(), tokens), ids);
  }

  /** [1, channels, height, width] of the prompt's latents. */
  static Shape latentShape(ModelFolder base, Prompt prompt) {
    return Shape.of(
        1, base.unet().inChannels(), side(base, prompt.height()), side(base, prompt.width()));
  }

  private static int side(ModelFolder base, int pixels) {
    int unit = base.vae().scale() << (base.unet().levels() - 1);
    if (pixels % unit != 0) {
      throw new IllegalArgumentException(
          "This base makes pictures whose sides are multiples of "
              + unit
              + " pixels, found "
              + pixels
              + ".");
    }
    return pixels == 0 ? base.sampleSize() : pixels / base.vae().scale();
  }

  /** Latents as the autoencoder knows them, still scaled. */
  float[] run(StepListener listener) {
    Sampler sampler = Samplers.named(prompt.sampler());
    List<NoiseLevel> levels = sampler.levels(base.schedule(), prompt.steps());
    float[] x = noise(sampler.start(base.schedule(), levels));
    for (int step = 0; step < prompt.steps(); step++) {
      x = step(sampler, levels, x, step);
      listener.done(step + 1, prompt.steps());
    }
    return scaled(x, 1 / Math.sqrt(1 + square(levels.get(prompt.steps()).sigma())));
  }

  /** One step of the sampler, from level {@code step} to the next. */
  float[] step(Sampler sampler, List<NoiseLevel> levels, float[] x, int step) {
    float[] denoised = denoise(x, levels.get(step), step);
    float[] next = sampler.step(base.schedule(), levels, step, x, denoised);
    requireFinite(next, step);
    return next;
  }

  private float[] noise(double scale) {
    int values = Math.toIntExact(latentShape(base, prompt).elements());
    return scaled(new TorchRandom(prompt.seed()).randn(values), scale);
  }

  private float[] denoise(float[] x, NoiseLevel level, int step) {
    // The network was taught on latents of variance 1: signal and noise scaled down together.
    double shrink = 1 / Math.sqrt(1 + square(level.sigma()));
    float[] input = scaled(x, shrink);
    float[] predicted = guide(predict(input, level.timestep(), step));
    float[] denoised = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      denoised[i] =
          (float)
              switch (base.schedule().config().prediction()) {
                case EPSILON -> x[i] - level.sigma() * predicted[i];
                case V_PREDICTION -> (input[i] - level.sigma() * predicted[i]) * shrink;
              };
    }
    return denoised;
  }

  /** Both halves of the batch at once: without the text, then with it. */
  private float[] predict(float[] input, double timestep, int step) {
    int rows = guided ? 2 : 1;
    float[] batch = new float[rows * input.length];
    float[] timesteps = new float[rows];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(input, 0, batch, row * input.length, input.length);
      timesteps[row] = (float) timestep;
    }
    try (Scope work = scope.child("step")) {
      Tensor x = Tensor.of(work, latentShape(base, prompt).with(0, rows), batch);
      Tensor t = Tensor.of(work, Shape.of(rows), timesteps);
      return networks.unet(work, x, t, context, step).floats();
    }
  }

  /** Classifier-free guidance (Ho and Salimans 2022, equation 6). */
  private float[] guide(float[] predicted) {
    if (!guided) {
      return predicted;
    }
    int n = predicted.length / 2;
    float[] result = new float[n];
    for (int i = 0; i < n; i++) {
      float without = predicted[i];
      result[i] = (float) (without + prompt.guidance() * (predicted[n + i] - without));
    }
    return result;
  }

  private static void requireFinite(float[] x, int step) {
    for (float value : x) {
      if (!Float.isFinite(value)) {
        throw new TensorException(
            "Step "
                + (step + 1)
                + " gave numbers that are not finite; try a lower guidance scale,"
                + " lower adapter weights, or compute in F32.");
      }
    }
  }

  private static float[] scaled(float[] values, double factor) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (float) (values[i] * factor);
    }
    return result;
  }

  private static double square(double value) {
    return value * value;
  }
}
