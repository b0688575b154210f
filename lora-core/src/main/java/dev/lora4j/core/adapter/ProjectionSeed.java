package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.host.MersenneTwister;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * The seed that a configuration of PEFT's gives for matrices which layers share, so that a file
 * need not have them.
 */
public final class ProjectionSeed {
  /** Field that says whether the matrices are in the file; they are if it is absent. */
  public static final String SAVED = "save_projection";

  /** Field of the seed; 0 if it is absent. */
  public static final String SEED = "projection_prng_key";

  private ProjectionSeed() {}

  /**
   * PyTorch's generator with the seed; empty if the matrices should be in the file.
   *
   * @param layer any of the layers
   * @throws AdapterException if the seed is no whole number
   */
  public static Optional<MersenneTwister> generator(SiteTensors layer) {
    if (layer.flag(SAVED, true)) {
      return Optional.empty();
    }
    String seed = layer.setting(SEED).orElse("0");
    try {
      // PyTorch takes the lower 32 bits.
      return Optional.of(new MersenneTwister(new BigDecimal(seed).toBigIntegerExact().intValue()));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new AdapterException(
          "The configuration of the adapter says "
              + SEED
              + " "
              + seed
              + "; a seed is a whole number.",
          e);
    }
  }
}
