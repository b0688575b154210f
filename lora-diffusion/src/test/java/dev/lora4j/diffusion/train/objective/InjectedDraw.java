package dev.lora4j.diffusion.train.objective;

/** Draws in which chance has no part, weighed as the objective weighs all. */
public final class InjectedDraw {
  private InjectedDraw() {}

  /** A sample with this noise, at this timestep. */
  public static SampleDraw of(Objective objective, LatentSample sample, int t, float[] noise) {
    return objective.drawn(sample, objective.schedule().level(t), noise, noise);
  }
}
