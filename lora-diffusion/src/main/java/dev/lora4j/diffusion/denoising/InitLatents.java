package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.latent.LatentEncoder;
import dev.lora4j.diffusion.latent.LatentPrograms;
import dev.lora4j.diffusion.latent.Pixels;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.InitImage.Mask;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.TorchRandom;
import java.util.Optional;

/**
 * A run that begins with a picture, and may be held to it outside of a mask.
 *
 * <p>Random numbers are drawn in the order in which diffusers draws them: for the latents of the
 * picture, for the noise, for the latents of what the mask leaves.
 */
final class InitLatents {
  private final float[] clean;
  private final float[] noise;
  private final Optional<float[]> open;
  private final int first;
  private final boolean fromNoise;

  private InitLatents(
      float[] clean, float[] noise, Optional<float[]> open, int first, boolean fromNoise) {
    this.clean = clean;
    this.noise = noise;
    this.open = open;
    this.first = first;
    this.fromNoise = fromNoise;
  }

  /**
   * Encodes the picture.
   *
   * @param fills whether the denoiser was made to fill masks, so that nothing has to hold it
   * @param steps of the whole run
   * @throws IllegalArgumentException if so little may change that no step is left
   */
  static InitLatents of(
      Scope scope,
      DiffusionModel base,
      LatentPrograms programs,
      InitImage start,
      boolean fills,
      int steps,
      TorchRandom random) {
    int made = start.made(steps);
    if (made == 0) {
      throw new IllegalArgumentException(
          "Of "
              + steps
              + " steps a strength of "
              + start.strength()
              + " leaves none; take more of either.");
    }
    boolean fromNoise = start.mask().isPresent() && start.strength() == 1;
    int scale = base.vae().scale();
    int channels = base.vae().latentChannels();
    Picture picture = start.picture();
    float[] clean =
        fills && fromNoise
            ? new float[channels * (picture.width() / scale) * (picture.height() / scale)]
            : sample(scope, base, programs, values(picture), random);
    float[] noise = random.randn(clean.length);
    if (start.mask().isPresent() && !fills) {
      random.randn(
          clean.length); // diffusers encodes what the mask leaves, and then does not use it
    }
    Optional<float[]> open =
        start.mask().filter(m -> !fills).map(m -> repeated(m.places(scale), channels));
    return new InitLatents(clean, noise, open, steps - made, fromNoise);
  }

  /** Latents drawn from the encoder's distribution, as the denoiser takes them. */
  private static float[] sample(
      Scope scope,
      DiffusionModel base,
      LatentPrograms programs,
      Planes picture,
      TorchRandom random) {
    float[] moments = new LatentEncoder(scope, base, programs).encode(picture).values();
    int values = moments.length / 2;
    float[] drawn = random.randn(values);
    for (int i = 0; i < values; i++) {
      drawn[i] = moments[i] + (float) (Math.exp(0.5 * moments[values + i]) * drawn[i]);
    }
    return Pixels.rows(drawn, 1, base.vae()).get(0);
  }

  /**
   * Additional input of an inpainting denoiser: the mask, and the latents of the picture with grey
   * where it may change; F32 [1, 1 + channels, h, w].
   */
  static Tensor filling(
      Scope scope,
      DiffusionModel base,
      LatentPrograms programs,
      InitImage start,
      TorchRandom random) {
    Mask mask =
        start
            .mask()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        base.path() + " was made to fill masks; give one with the picture."));
    Picture picture = start.picture();
    Planes left = values(picture);
    int pixels = picture.width() * picture.height();
    for (int i = 0; i < left.values().length; i++) {
      int at = i % pixels;
      if (mask.open(at % picture.width(), at / picture.width())) {
        left.values()[i] = 0;
      }
    }
    float[] latents = sample(scope, base, programs, left, random);
    float[] places = mask.places(base.vae().scale());
    float[] both = new float[places.length + latents.length];
    System.arraycopy(places, 0, both, 0, places.length);
    System.arraycopy(latents, 0, both, places.length, latents.length);
    int columns = picture.width() / base.vae().scale();
    return Tensor.of(
        scope,
        Shape.of(1, 1L + base.vae().latentChannels(), places.length / columns, columns),
        both);
  }

  /** A picture as the encoder gets it. */
  private static Planes values(Picture picture) {
    return new Planes(3, picture.height(), picture.width(), Pixels.values(picture));
  }

  private static float[] repeated(float[] places, int channels) {
    float[] all = new float[channels * places.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = places[i % places.length];
    }
    return all;
  }

  /** The step to begin with. */
  int first() {
    return first;
  }

  /**
   * Latents of the first level of the run.
   *
   * @param start what pure noise would be multiplied by
   */
  float[] noisy(NoiseLevel level, double start) {
    float[] x = new float[clean.length];
    for (int i = 0; i < x.length; i++) {
      x[i] =
          (float)
              (fromNoise ? start * noise[i] : level.signal() * clean[i] + level.noise() * noise[i]);
    }
    return x;
  }

  /**
   * The latents at a level, held to the picture where it may not change.
   *
   * @param last whether the run is over, where the picture itself is what is held to
   */
  float[] held(float[] x, NoiseLevel level, boolean last) {
    if (open.isEmpty()) {
      return x;
    }
    float[] held = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double kept = last ? clean[i] : level.signal() * clean[i] + level.noise() * noise[i];
      held[i] = (float) (open.get()[i] * x[i] + (1 - open.get()[i]) * kept);
    }
    return held;
  }
}
