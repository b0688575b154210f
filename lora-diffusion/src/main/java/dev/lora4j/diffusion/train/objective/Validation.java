package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import java.util.ArrayList;
import java.util.List;

/**
 * Validation loss of held-out pictures: each at a fixed grid of timesteps, with fixed noise, so
 * that two evaluations of equal weights are equal to the last bit and a difference is one of the
 * weights alone.
 *
 * <p>Noise is plain and the input not perturbed, whatever training does to its noise; criterion,
 * mask and weights are those of training.
 */
public final class Validation {
  private static final int VALIDATION = 21;

  private final Objective objective;
  private final long seed;
  private final int timesteps;

  /**
   * A validation beside the training of {@code objective}.
   *
   * @param seed of the noise, not that of training
   * @param timesteps number of timesteps of the grid, the middles of equal parts of the range
   */
  public Validation(Objective objective, long seed, int timesteps) {
    if (timesteps < 1) {
      throw new IllegalArgumentException(
          "A validation at " + timesteps + " timesteps measures nothing; take 1 or more.");
    }
    ObjectiveSettings settings = objective.settings().with(NoiseSettings.PLAIN);
    // The schedule was rescaled already where the settings require it.
    this.objective = new Objective(objective.schedule(), settings);
    this.seed = seed;
    this.timesteps = timesteps;
  }

  /** Objective of the validation, for staging its program and making its batches. */
  public Objective objective() {
    return objective;
  }

  /**
   * The draws of a picture, one for each timestep of the grid.
   *
   * @param picture which of the held-out pictures it is
   */
  public List<SampleDraw> draws(long picture, LatentSample sample) {
    List<SampleDraw> draws = new ArrayList<>(timesteps);
    for (int i = 0; i < timesteps; i++) {
      NoiseLevel level = objective.levelAt((i + 0.5) / timesteps, sample);
      SeededNoise random = SeededNoise.of(seed, picture, i, VALIDATION);
      float[] noise = Objective.gaussians(random, sample.latents().length);
      draws.add(objective.drawn(sample, level, noise, noise));
    }
    return draws;
  }
}
