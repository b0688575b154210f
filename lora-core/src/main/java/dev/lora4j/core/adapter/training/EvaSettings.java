package dev.lora4j.core.adapter.training;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;

/**
 * Settings of factors that begin with the directions of their inputs ({@link FactorInit#EVA}), with
 * PEFT's names and defaults.
 *
 * @param rho greatest rank of a layer, in multiples of its rank in the recipe; 1 leaves all ranks
 *     as they are
 * @param tau cosine of a direction after a batch with the one before, from which it has settled
 * @param whiten whether directions are divided by the root of their singular value
 * @param adjustScaling whether the alpha of a layer follows its rank, so that its scale stays
 */
public record EvaSettings(double rho, double tau, boolean whiten, boolean adjustScaling)
    implements Canonical {
  /** PEFT's defaults. */
  public static final EvaSettings DEFAULT = new EvaSettings(2, 0.99, false, true);

  /** Checks the ranges. */
  public EvaSettings {
    if (!(rho >= 1) || Double.isInfinite(rho)) {
      throw new IllegalArgumentException(
          "rho of init = eva must be at least 1 and finite, found " + rho);
    }
    if (!(tau >= 0 && tau <= 1)) {
      throw new IllegalArgumentException("tau of init = eva must be from 0 to 1, found " + tau);
    }
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("EvaSettings")
        .with("rho", rho)
        .with("tau", tau)
        .with("whiten", whiten)
        .with("adjustScaling", adjustScaling)
        .text();
  }
}
