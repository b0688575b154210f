package dev.lora4j.diffusion.preference;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;

/**
 * Objective of learning from pairs.
 *
 * @param loss of a pair
 * @param beta how much the distance from the reference costs; twice as much in the paper, whose
 *     loss has half of it
 */
public record PairObjective(PairLoss loss, double beta) implements Canonical {
  /** The beta of diffusers' script. */
  public static final double BETA = 2500;

  /** Diffusion-DPO as diffusers' script has it. */
  public static final PairObjective DEFAULT = new PairObjective(PairLoss.SIGMOID, BETA);

  /** Checks beta. */
  public PairObjective {
    if (!(beta > 0 && Double.isFinite(beta))) {
      throw new IllegalArgumentException("beta must be above 0, found " + beta + ".");
    }
  }

  /** The loss of each pair by its margin, both [pairs]. */
  public Expr each(Expr margin) {
    return loss.each(margin, beta);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("PairObjective").with("loss", loss.name()).with("beta", beta).text();
  }
}
