package dev.lora4j.diffusion.sampling;

import dev.lora4j.core.identity.Canonical;

/**
 * Shift of a flow by the size of the picture (Esser et al. 2024, section 5.3.2): a larger one needs
 * more noise to hide as much. Implementations are values.
 */
public interface SizeShift extends Canonical {
  /**
   * Factor of noise per signal for pictures of so many tokens.
   *
   * @param steps number of steps that a picture is made in
   */
  double factor(long tokens, int steps);

  /** Factor of noise per signal in training, where there are no steps. */
  double trainingFactor(long tokens);
}
