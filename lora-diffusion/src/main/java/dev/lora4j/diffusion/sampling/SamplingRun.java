package dev.lora4j.diffusion.sampling;

import java.util.List;

/**
 * Inputs of a sampler for one run: the levels, the network, and new noise.
 *
 * @param levels of the whole run, also those before {@code first}
 * @param first the step to begin with; more than 0 where a picture is the beginning
 * @param denoiser the network
 * @param noise standard normal numbers, as many at a time as there are in the latents
 * @param after what happens after each step
 */
public record SamplingRun(
    NoiseSchedule schedule,
    List<NoiseLevel> levels,
    int first,
    Denoiser denoiser,
    Noise noise,
    AfterStep after) {
  /** Denoiser of a run: predicts clean latents from noisy ones. */
  @FunctionalInterface
  public interface Denoiser {
    /**
     * The picture's latents as the network guesses them.
     *
     * @param x noisy latents
     * @param level how noisy they are
     * @param step the step this is a part of, from 0
     */
    float[] denoise(float[] x, NoiseLevel level, int step);
  }

  /** A source of standard normal numbers. */
  @FunctionalInterface
  public interface Noise {
    /** The next numbers, one for each of the latents. */
    float[] next();
  }

  /** Receives the latents after each step, and may change them. */
  @FunctionalInterface
  public interface AfterStep {
    /**
     * Called after a step; returns the latents of the next one.
     *
     * @param step the step that was made, from 0
     * @param x latents at level {@code step + 1}
     */
    float[] done(int step, float[] x);
  }

  /** Copies the levels. */
  public SamplingRun {
    levels = List.copyOf(levels);
    if (first < 0 || first >= levels.size() - 1) {
      throw new IllegalArgumentException(
          "A run of "
              + (levels.size() - 1)
              + " steps cannot begin with step "
              + first
              + ", counted from 0.");
    }
  }

  /** Number of steps of the whole run. */
  public int steps() {
    return levels.size() - 1;
  }

  /** The level that step {@code step} begins at. */
  public NoiseLevel level(int step) {
    return levels.get(step);
  }

  /** Denoised latents of step {@code step}, from the latents that it begins with. */
  float[] denoise(float[] x, int step) {
    return denoiser.denoise(x, level(step), step);
  }
}
