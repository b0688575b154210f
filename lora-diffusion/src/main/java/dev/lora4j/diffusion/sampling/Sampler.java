package dev.lora4j.diffusion.sampling;

import java.util.List;

/** A way from noise to latents in few steps. Stateless. */
public interface Sampler {
  /** Its stable name, as written into requests and pictures. */
  String name();

  /**
   * The levels that a run of {@code steps} steps visits, most noise first, and the last it ends at.
   */
  List<NoiseLevel> levels(NoiseSchedule schedule, int steps);

  /** What standard normal noise is multiplied by to begin at the first of {@code levels}. */
  double start(NoiseSchedule schedule, List<NoiseLevel> levels);

  /**
   * Takes one step.
   *
   * @param levels of the whole run
   * @param step from 0
   * @param x noisy latents at level {@code step}
   * @param denoised what the network sees in them
   * @return latents at level {@code step + 1}
   */
  float[] step(
      NoiseSchedule schedule, List<NoiseLevel> levels, int step, float[] x, float[] denoised);
}
