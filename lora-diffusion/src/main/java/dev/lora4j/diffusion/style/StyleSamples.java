package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Noise;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.train.MinSnr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures and captions as the denoiser sees them, encoded once, and the batches drawn from them.
 */
final class StyleSamples {
  private static final double GAMMA = 5;
  private static final int ENCODED_AT_ONCE = 16;

  /** What random numbers are for, as the last counter of their key. */
  private static final int PURPOSE_ORDER = 1;

  private static final int PURPOSE_SAMPLE = 2;

  private final List<float[]> latents;
  private final List<float[]> contexts;
  private final float[] empty;
  private final Shape latentShape;
  private final Shape contextShape;
  private final NoiseSchedule schedule;
  private final StyleSettings settings;

  private StyleSamples(
      List<float[]> latents,
      List<float[]> contexts,
      float[] empty,
      Shape latentShape,
      Shape contextShape,
      NoiseSchedule schedule,
      StyleSettings settings) {
    this.latents = latents;
    this.contexts = contexts;
    this.empty = empty;
    this.latentShape = latentShape;
    this.contextShape = contextShape;
    this.schedule = schedule;
    this.settings = settings;
  }

  static StyleSamples prepare(
      Scope scope, StableDiffusion base, List<Picture> pictures, StyleSettings settings) {
    List<float[]> latents = new ArrayList<>();
    List<float[]> contexts = new ArrayList<>();
    Shape contextShape;
    float[] empty;
    try (Scope work = scope.child("encode")) {
      Tensor nothing = base.encodeText(work, List.of(""));
      empty = nothing.floats();
      contextShape = nothing.shape();
      for (int from = 0; from < pictures.size(); from += ENCODED_AT_ONCE) {
        List<Picture> some =
            pictures.subList(from, Math.min(pictures.size(), from + ENCODED_AT_ONCE));
        latents.addAll(base.encode(some));
        float[] texts =
            base.encodeText(work, some.stream().map(Picture::caption).toList()).floats();
        for (int i = 0; i < some.size(); i++) {
          contexts.add(Arrays.copyOfRange(texts, i * empty.length, (i + 1) * empty.length));
        }
      }
    }
    int scale = base.base().vae().scale();
    Picture first = pictures.get(0);
    Shape latentShape =
        Shape.of(1, base.base().unet().inChannels(), first.height() / scale, first.width() / scale);
    return new StyleSamples(
        latents, contexts, empty, latentShape, contextShape, base.base().schedule(), settings);
  }

  /** The inputs of step {@code step}: latents, noise, alphas, timesteps, weights, context. */
  List<Tensor> batch(Scope scope, int step) {
    int batch = settings.batch();
    int values = Math.toIntExact(latentShape.elements());
    float[] clean = new float[batch * values];
    float[] noise = new float[batch * values];
    float[] alphas = new float[batch];
    float[] timesteps = new float[batch];
    float[] weights = new float[batch];
    float[] context = new float[batch * empty.length];
    for (int i = 0; i < batch; i++) {
      long drawn = (long) step * batch + i;
      int index = index(drawn);
      Noise random = Noise.of(settings.seed(), drawn, PURPOSE_SAMPLE);
      // One timestep from each part of the range: the batch's loss varies less than with free
      // draws.
      int t = (int) ((i + random.uniform()) / batch * schedule.size());
      alphas[i] = (float) schedule.alphaCumprod(t);
      timesteps[i] = t;
      weights[i] = (float) MinSnr.weight(schedule, t, GAMMA);
      float[] words = random.uniform() < settings.dropout() ? empty : contexts.get(index);
      System.arraycopy(latents.get(index), 0, clean, i * values, values);
      System.arraycopy(words, 0, context, i * empty.length, empty.length);
      random.gaussians(noise, i * values, values);
    }
    Shape rows = Shape.of(batch);
    return List.of(
        Tensor.of(scope, latentShape.with(0, batch), clean),
        Tensor.of(scope, latentShape.with(0, batch), noise),
        Tensor.of(scope, rows, alphas),
        Tensor.of(scope, rows, timesteps),
        Tensor.of(scope, rows, weights),
        Tensor.of(scope, contextShape.with(0, batch), context));
  }

  /** Every picture once per epoch, in an order of its own. */
  private int index(long drawn) {
    int n = latents.size();
    int[] order = Noise.of(settings.seed(), drawn / n, PURPOSE_ORDER).permutation(n);
    return order[(int) (drawn % n)];
  }
}
