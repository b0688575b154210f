package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.TextMix;
import dev.lora4j.diffusion.request.BatchRules;
import dev.lora4j.diffusion.request.PictureSizeRules;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SamplingRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The way of a batch of pictures from noise to latents. Samplers treat each number by itself, so
 * the latents of all pictures are one array to them, one picture after the other.
 */
public final class Generation {
  private final Scope scope;
  private final DiffusionModel base;
  private final PipelinePrograms programs;
  private final Prompt first;
  private final MixedNetworks networks;
  private final List<BatchPicture> pictures = new ArrayList<>();
  private final List<List<String>> idle = new ArrayList<>();
  private final Denoising denoising;
  private final int values;

  /** For one picture. */
  public Generation(
      Scope scope,
      DiffusionModel base,
      PipelinePrograms programs,
      List<PromptTokenizer> tokenizers,
      Prompt prompt) {
    this(scope, base, programs, tokenizers, List.of(prompt), StepListener.NONE);
  }

  /**
   * For pictures that are made together.
   *
   * @param listener receives the progress of adapters that are mixed for them
   * @throws IllegalArgumentException if they cannot be
   */
  public Generation(
      Scope scope,
      DiffusionModel base,
      PipelinePrograms programs,
      List<PromptTokenizer> tokenizers,
      List<Prompt> prompts,
      StepListener listener) {
    BatchRules.require(prompts);
    this.scope = scope;
    this.base = base;
    this.programs = programs;
    first = prompts.get(0);
    Shape shape = latentShape(base, first);
    values = Math.toIntExact(shape.elements());
    List<PicturePlans> mixed =
        prompts.stream()
            .map(p -> PicturePlans.of(p, base.sites(), programs.mixed(), listener))
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      idle.add(mixed.get(i).idle(prompts.get(i)));
    }
    List<MixPlan> plans = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      plans.addAll(mixed.get(i).plans());
      rows.addAll(
          Collections.nCopies(
              mixed.get(i).plans().size(), BatchPicture.rows(base, prompts.get(i))));
    }
    GridSize finest = new GridSize((int) shape.size(2), (int) shape.size(3));
    networks = new MixedNetworks(scope, base, programs, plans, rows, finest, first.steps());
    List<PlanRows> all = new ArrayList<>();
    Map<List<Object>, Map<String, Tensor>> told = new HashMap<>();
    Map<List<Object>, OutputMixing> mixings = new HashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      Prompt prompt = prompts.get(i);
      int count = mixed.get(i).plans().size();
      pictures.add(
          new BatchPicture(
              base,
              prompt,
              mixed
                  .get(i)
                  .composition()
                  .map(
                      mixer ->
                          mixings.computeIfAbsent(
                              List.of(mixer, count),
                              k -> new OutputMixing(scope, mixer, count, shape, first.steps())))));
      for (int plan = 0; plan < count; plan++) {
        List<TextMix> encoders = networks.texts(all.size());
        all.add(
            new PlanRows(
                i,
                told.computeIfAbsent(
                    List.of(BatchPicture.key(base, prompt), encoders),
                    k -> BatchPicture.told(scope, base, programs, tokenizers, encoders, prompt))));
      }
    }
    denoising = new Denoising(scope, base, networks, pictures, all, shape);
  }

  /** [1, channels, height, width] of the prompt's latents. */
  public static Shape latentShape(DiffusionModel base, Prompt prompt) {
    PictureSizeRules.require(base.sizeUnit(), base.longestSide(), prompt.width(), prompt.height());
    return Shape.of(
        1, base.vae().latentChannels(), side(base, prompt.height()), side(base, prompt.width()));
  }

  private static int side(DiffusionModel base, int pixels) {
    return pixels == 0 ? base.sampleSize() : pixels / base.vae().scale();
  }

  /** Summary of the adapters of a picture. */
  public MixSummary account(int picture) {
    return MixSummary.of(networks, denoising, picture, pictures.size(), idle.get(picture));
  }

  /** Latents as the autoencoder knows them, still scaled, one picture after the other. */
  public float[] run(StepListener listener) {
    return followed(
        (step, x) -> {
          listener.done(step + 1, first.steps());
          return x;
        });
  }

  /** The same, where {@code after} receives the latents of all pictures after each step. */
  public float[] followed(SamplingRun.AfterStep after) {
    boolean fills = base.denoiser().inChannels() == 2 * base.vae().latentChannels() + 1;
    float[] noise = joined(i -> pictures.get(i).begin(scope, base, programs, fills, values));
    return run(noise, () -> joined(i -> pictures.get(i).noise(values)), after);
  }

  /** The levels of the way, the one that it begins with first and its end last. */
  public List<NoiseLevel> levels() {
    return sampler().levels(schedule(), first.steps());
  }

  private NoiseSchedule schedule() {
    Shape latents = latentShape(base, first);
    return first
        .schedule()
        .of(base.schedule().sized(latents.size(2), latents.size(3), first.steps()));
  }

  private Sampler sampler() {
    String name = first.sampler();
    return Samplers.named(name.isEmpty() ? base.defaults().sampler().name() : name);
  }

  /**
   * The whole way.
   *
   * @param noise standard normal numbers, which pictures do not use that begin with another
   * @param later the noise of samplers that add some on the way
   */
  public float[] run(float[] noise, SamplingRun.Noise later, SamplingRun.AfterStep after) {
    Sampler sampler = sampler();
    first.schedule().requireFollowedBy(sampler);
    base.schedule().config().settings().require(sampler.name());
    NoiseSchedule schedule = schedule();
    List<NoiseLevel> levels = sampler.levels(schedule, first.steps());
    int begin = pictures.get(0).start().map(InitLatents::first).orElse(0);
    SamplingRun run =
        new SamplingRun(
            schedule,
            levels,
            begin,
            denoising::denoise,
            later,
            (step, x) -> {
              requireFinite(x, step);
              NoiseLevel reached = levels.get(step + 1);
              boolean last = step + 1 == first.steps();
              return after.done(step, joined(i -> held(i, own(x, i), reached, last)));
            });
    double scale = sampler.start(schedule, levels);
    float[] x =
        joined(
            i ->
                pictures
                    .get(i)
                    .start()
                    .map(s -> s.noisy(levels.get(begin), scale))
                    .orElseGet(() -> scaled(own(noise, i), scale)));
    return sampler.sample(run, x);
  }

  private float[] held(int picture, float[] x, NoiseLevel reached, boolean last) {
    return pictures.get(picture).start().map(s -> s.held(x, reached, last)).orElse(x);
  }

  /** The latents of one picture out of those of all. */
  public float[] own(float[] all, int picture) {
    return Arrays.copyOfRange(all, picture * values, (picture + 1) * values);
  }

  private float[] joined(IntFunction<float[]> of) {
    float[] all = new float[pictures.size() * values];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(of.apply(i), 0, all, i * values, values);
    }
    return all;
  }

  private void requireFinite(float[] x, int step) {
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite(x[i])) {
        throw new TensorException(
            "Step "
                + (step + 1)
                + " gave numbers that are not finite"
                + (pictures.size() > 1 ? " in picture " + (i / values + 1) : "")
                + "; try a lower guidance scale, lower adapter weights, or compute in F32.");
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
