package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import java.util.List;

/**
 * Latents of a picture on its way from noise, as the denoiser sees them at each step after the
 * first.
 *
 * @param shape [channels, height, width] of latents
 * @param levels how noisy they are, the most noise first
 * @param latents scaled, in row-major order, for each level
 */
public record LatentPath(Shape shape, List<NoiseLevel> levels, List<float[]> latents) {
  /** Copies the lists, and checks that they belong together. */
  public LatentPath {
    levels = List.copyOf(levels);
    latents = List.copyOf(latents);
    if (levels.isEmpty() || levels.size() != latents.size()) {
      throw new IllegalArgumentException(
          "A way from noise has latents for each of one or more levels, found "
              + latents.size()
              + " for "
              + levels.size()
              + ".");
    }
  }

  /** The place of the level whose timestep is the nearest. */
  public int nearest(double timestep) {
    int best = 0;
    for (int i = 1; i < levels.size(); i++) {
      if (distance(i, timestep) < distance(best, timestep)) {
        best = i;
      }
    }
    return best;
  }

  private double distance(int place, double timestep) {
    return Math.abs(levels.get(place).timestep() - timestep);
  }
}
