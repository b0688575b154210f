package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.base.ModelFolder;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SamplingRun;
import dev.lora4j.diffusion.sampling.TorchRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The way of one picture from noise to latents. */
final class Generation {
  private final Scope scope;
  private final ModelFolder base;
  private final Prompt prompt;
  private final MixedNetworks networks;
  private final Map<String, Tensor> told = new HashMap<>();
  private final boolean guided;

  Generation(
      Scope scope,
      ModelFolder base,
      Programs programs,
      List<ClipTokenizer> tokenizers,
      Prompt prompt) {
    this.scope = scope;
    this.base = base;
    this.prompt = prompt;
    this.guided = prompt.guidance() != 1;
    networks = new MixedNetworks(scope, base, programs, prompt.mix(), prompt.steps());
    List<String> texts =
        guided ? List.of(prompt.negative(), prompt.text()) : List.of(prompt.text());
    told.putAll(
        new Conditioning(scope, networks, prompt.clipSkip())
            .of(base, tokenizers, texts, base.zerosForNoText()));
    if (base.xl()) {
      told.put("sizes", sizes(texts.size()));
    }
  }

  /** That the picture is as large as asked for, and that nothing of it was cut off. */
  private Tensor sizes(int rows) {
    Shape latents = latentShape(base, prompt);
    float height = latents.size(2) * (float) base.vae().scale();
    float width = latents.size(3) * (float) base.vae().scale();
    float[] row = {height, width, 0, 0, height, width};
    float[] all = new float[rows * row.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = row[i % row.length];
    }
    return Tensor.of(scope, Shape.of(rows, row.length), all);
  }

  /** [1, channels, height, width] of the prompt's latents. */
  static Shape latentShape(ModelFolder base, Prompt prompt) {
    return Shape.of(
        1, base.vae().latentChannels(), side(base, prompt.height()), side(base, prompt.width()));
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
    TorchRandom random = new TorchRandom(prompt.seed());
    int values = Math.toIntExact(latentShape(base, prompt).elements());
    return run(
        random.randn(values),
        () -> random.randn(values),
        (step, x) -> {
          listener.done(step + 1, prompt.steps());
          return x;
        });
  }

  /**
   * The whole way from standard normal numbers.
   *
   * @param later the noise of samplers that add some on the way
   */
  float[] run(float[] noise, SamplingRun.Noise later, SamplingRun.AfterStep after) {
    Sampler sampler = Samplers.named(prompt.sampler());
    prompt.schedule().requireFollowedBy(sampler);
    NoiseSchedule schedule = prompt.schedule().of(base.schedule());
    List<NoiseLevel> levels = sampler.levels(schedule, prompt.steps());
    SamplingRun run =
        new SamplingRun(
            schedule,
            levels,
            0,
            this::denoise,
            later,
            (step, x) -> {
              requireFinite(x, step);
              return after.done(step, x);
            });
    float[] start = scaled(noise, sampler.start(schedule, levels));
    return sampler.sample(run, start);
  }

  private float[] denoise(float[] x, NoiseLevel level, int step) {
    float[] predicted = guide(predict(x, level.timestep(), step));
    float[] denoised = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      denoised[i] =
          (float) base.schedule().config().prediction().denoised(x[i], predicted[i], level);
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
      Map<String, Tensor> data = new HashMap<>(told);
      data.put("x", x);
      data.put("timesteps", t);
      return networks.unet(work, data, step).floats();
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
}
