package dev.lora4j.flow.flux2;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.diffusion.sampling.SizeShift;

/**
 * Shift of FLUX.2's pipelines (Black Forest Labs' {@code compute_empirical_mu}): its logarithm was
 * measured for 10 and 200 steps by the number of tokens, and lies on a straight line between them.
 * Pictures of many tokens take that of 200 steps.
 */
record EmpiricalShift() implements SizeShift {
  private static final double FEW_SLOPE = 8.73809524e-05;
  private static final double FEW_START = 1.89833333;
  private static final double FEW_STEPS = 10;

  private static final double MANY_SLOPE = 0.00016927;
  private static final double MANY_START = 0.45666666;
  private static final double MANY_STEPS = 200;

  /** Tokens from which on steps do not count. */
  private static final int MANY_TOKENS = 4300;

  /** Steps of diffusers' pipeline where nothing is said. */
  private static final int USUAL_STEPS = 50;

  @Override
  public double factor(long tokens, int steps) {
    double many = MANY_SLOPE * tokens + MANY_START;
    if (tokens > MANY_TOKENS) {
      return Math.exp(many);
    }
    double few = FEW_SLOPE * tokens + FEW_START;
    double slope = (many - few) / (MANY_STEPS - FEW_STEPS);
    return Math.exp(slope * steps + (many - MANY_STEPS * slope));
  }

  /** That of pictures in 50 steps. */
  @Override
  public double trainingFactor(long tokens) {
    return factor(tokens, USUAL_STEPS);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("EmpiricalShift").text();
  }
}
