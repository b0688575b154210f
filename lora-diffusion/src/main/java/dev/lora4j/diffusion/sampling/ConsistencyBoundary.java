package dev.lora4j.diffusion.sampling;

/**
 * Boundary condition of a consistency function (Song et al. 2023, section 3): it is {@code skip * x
 * + out * picture} of noisy latents and the picture that the network sees in them, so that latents
 * without noise are left as they are.
 *
 * @param skip share of the noisy latents
 * @param out share of the network's picture
 */
public record ConsistencyBoundary(double skip, double out) {
  private static final double TIMESTEP_SCALING = 10;
  private static final double DATA = 0.5;

  /** The shares at a timestep, with the constants that published adapters were trained with. */
  public static ConsistencyBoundary at(double timestep) {
    double scaled = timestep * TIMESTEP_SCALING;
    double sum = scaled * scaled + DATA * DATA;
    return new ConsistencyBoundary(DATA * DATA / sum, scaled / Math.sqrt(sum));
  }
}
