package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.ExtensionName;
import java.util.List;

/**
 * Sampler: the way from noise to latents in few steps. An extension point; implementations have no
 * state and are used by several threads: a run is one call.
 *
 * <p>Latents are arrays of all their numbers, at the variance that the network was trained on; see
 * {@link NoiseLevel}.
 */
public interface Sampler {
  /** Its stable name, as written into requests and pictures. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * The levels that a run of {@code steps} steps visits, most noise first, and the last it ends at.
   *
   * @throws IllegalArgumentException if it cannot make so many steps, or cannot be used with what
   *     the network predicts
   */
  List<NoiseLevel> levels(NoiseSchedule schedule, int steps);

  /**
   * True if it can visit levels between the timesteps of training, as {@link SigmaSchedule} may
   * require.
   */
  default boolean spreadsLevels() {
    return true;
  }

  /** Factor of standard normal noise at the first of {@code levels}. */
  double start(NoiseSchedule schedule, List<NoiseLevel> levels);

  /**
   * Samples from the run's first level to its last.
   *
   * @param x noisy latents at the run's first level
   * @return latents at the last level
   */
  float[] sample(SamplingRun run, float[] x);
}
