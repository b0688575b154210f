package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.DType;

/**
 * How a style is trained.
 *
 * @param rank of every factor
 * @param alpha divided by the rank it scales what the factors add
 * @param batch pictures per step
 * @param learningRate at its highest
 * @param dropout share of captions left out, so that guidance keeps working
 * @param seed of everything random
 * @param stored the type that factors are stored in
 */
public record StyleSettings(
    int rank,
    double alpha,
    int steps,
    int batch,
    double learningRate,
    double dropout,
    long seed,
    DType stored) {

  /** Rank 16, 300 steps of 8 pictures: a style from some dozens of pictures. */
  public static final StyleSettings DEFAULT =
      new StyleSettings(16, 16, 300, 8, 1e-3, 0.1, 0, DType.F16);

  /** Checks the ranges. */
  public StyleSettings {
    require(rank >= 1, "rank must be at least 1, found " + rank);
    require(alpha > 0, "alpha must be above 0, found " + alpha);
    require(steps >= 1, "steps must be at least 1, found " + steps);
    require(batch >= 1, "batch must be at least 1, found " + batch);
    require(learningRate > 0, "the learning rate must be above 0, found " + learningRate);
    require(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), found " + dropout);
    require(
        stored == DType.F32 || stored == DType.F16 || stored == DType.BF16,
        "factors are stored as F32, F16 or BF16, found " + stored);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Share of the steps in which the rate rises from nothing. */
  private static final double WARM_UP = 0.1;

  /** The learning rate of step {@code step} (from 0): a linear rise, then half a cosine down. */
  double rate(int step) {
    double warmUp = Math.max(1, steps * WARM_UP);
    if (step < warmUp) {
      return learningRate * (step + 1) / warmUp;
    }
    double progress = (step - warmUp) / Math.max(1, steps - warmUp);
    return learningRate * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
