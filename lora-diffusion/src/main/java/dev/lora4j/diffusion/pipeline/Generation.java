package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.base.DiffusionModel;
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
import java.util.Optional;

/** The way of one picture from noise to latents. */
final class Generation {
  private final Scope scope;
  private final DiffusionModel base;
  private final Prompt prompt;
  private final MixedNetworks networks;
  private final Map<String, Tensor> told = new HashMap<>();
  private final boolean guided;
  private final Programs programs;
  private Optional<Tensor> filling = Optional.empty();

  Generation(
      Scope scope,
      DiffusionModel base,
      Programs programs,
      List<ClipTokenizer> tokenizers,
      Prompt prompt) {
    this.scope = scope;
    this.base = base;
    this.prompt = prompt;
    this.guided = prompt.guidance() != 1;
    this.programs = programs;
    networks = new MixedNetworks(scope, base, programs, prompt.mix(), prompt.steps());
    List<String> texts =
        guided ? List.of(prompt.negative(), prompt.text()) : List.of(prompt.text());
    told.putAll(
        new Conditioning(scope, networks, prompt.clipSkip())
            .of(base, tokenizers, texts, prompt.words(), base.zerosForNoText()));
    if (base.xl()) {
      told.put("sizes", sizes(texts.size()));
    } else if (!prompt.micro().equals(MicroConditioning.OWN)) {
      throw new IllegalArgumentException(
          base.path() + " is no Stable Diffusion XL, so it cannot be told sizes; leave them out.");
    }
  }

  private Tensor sizes(int rows) {
    Shape latents = latentShape(base, prompt);
    int scale = base.vae().scale();
    int width = (int) latents.size(3) * scale;
    int height = (int) latents.size(2) * scale;
    float[] all = prompt.micro().rows(guided, width, height);
    return Tensor.of(scope, Shape.of(rows, all.length / rows), all);
  }

  /** [1, channels, height, width] of the prompt's latents. */
  static Shape latentShape(DiffusionModel base, Prompt prompt) {
    return Shape.of(
        1, base.vae().latentChannels(), side(base, prompt.height()), side(base, prompt.width()));
  }

  private static int side(DiffusionModel base, int pixels) {
    int unit = base.sizeUnit();
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

  /** How adapters take part, as {@link Making} has it. */
  String route() {
    return networks.route();
  }

  /** Latents as the autoencoder knows them, still scaled. */
  float[] run(StepListener listener) {
    TorchRandom random = new TorchRandom(prompt.seed());
    int values = Math.toIntExact(latentShape(base, prompt).elements());
    Optional<StartLatents> start =
        prompt
            .start()
            .map(s -> StartLatents.of(scope, base, programs, s, fills(), prompt.steps(), random));
    float[] noise = start.isPresent() ? new float[0] : random.randn(values);
    if (fills()) {
      StartPicture picture =
          prompt
              .start()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          base.path() + " was made to fill masks; give a picture and a mask."));
      filling = Optional.of(StartLatents.filling(scope, base, programs, picture, random));
    }
    return run(
        start,
        noise,
        () -> random.randn(values),
        (step, x) -> {
          listener.done(step + 1, prompt.steps());
          return x;
        });
  }

  /** Whether the denoiser gets a mask and what it leaves of a picture beside the latents. */
  private boolean fills() {
    return base.unet().inChannels() == 2 * base.vae().latentChannels() + 1;
  }

  /** The whole way from standard normal numbers. */
  float[] run(float[] noise, SamplingRun.Noise later, SamplingRun.AfterStep after) {
    return run(Optional.empty(), noise, later, after);
  }

  /**
   * The whole way.
   *
   * @param start what to begin with instead of {@code noise}
   * @param later the noise of samplers that add some on the way
   */
  float[] run(
      Optional<StartLatents> start,
      float[] noise,
      SamplingRun.Noise later,
      SamplingRun.AfterStep after) {
    Sampler sampler = Samplers.named(prompt.sampler());
    prompt.schedule().requireFollowedBy(sampler);
    NoiseSchedule schedule = prompt.schedule().of(base.schedule());
    List<NoiseLevel> levels = sampler.levels(schedule, prompt.steps());
    int first = start.map(StartLatents::first).orElse(0);
    SamplingRun run =
        new SamplingRun(
            schedule,
            levels,
            first,
            this::denoise,
            later,
            (step, x) -> {
              requireFinite(x, step);
              NoiseLevel reached = levels.get(step + 1);
              boolean last = step + 1 == prompt.steps();
              return after.done(step, start.map(s -> s.held(x, reached, last)).orElse(x));
            });
    double scale = sampler.start(schedule, levels);
    float[] x =
        start.map(s -> s.noisy(levels.get(first), scale)).orElseGet(() -> scaled(noise, scale));
    return sampler.sample(run, x);
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
      if (filling.isPresent()) {
        x = beside(work, x, filling.get(), rows);
      }
      Tensor t = Tensor.of(work, Shape.of(rows), timesteps);
      Map<String, Tensor> data = new HashMap<>(told);
      data.put("x", x);
      data.put("timesteps", t);
      return networks.unet(work, data, step).floats();
    }
  }

  /** The channels of {@code more}, which has one row, behind those of each row of x. */
  private static Tensor beside(Scope work, Tensor x, Tensor more, int rows) {
    float[] own = x.floats();
    float[] other = more.floats();
    int values = own.length / rows;
    float[] all = new float[own.length + rows * other.length];
    for (int row = 0; row < rows; row++) {
      int at = row * (values + other.length);
      System.arraycopy(own, row * values, all, at, values);
      System.arraycopy(other, 0, all, at + values, other.length);
    }
    long channels = x.shape().size(1) + more.shape().size(1);
    return Tensor.of(work, x.shape().with(1, channels), all);
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
