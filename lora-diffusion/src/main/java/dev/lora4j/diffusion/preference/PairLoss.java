package dev.lora4j.diffusion.preference;

import dev.lora4j.core.tensor.Expr;

/** Loss of a pair by its margin, by the names of diffusers' script. */
public enum PairLoss {
  /** Diffusion-DPO: {@code -log sigmoid(beta margin)} (Wallace et al. 2023, equation 14). */
  SIGMOID {
    @Override
    Expr each(Expr margin, double beta) {
      Expr scaled = margin.mul(beta);
      return scaled.graph().call("log_sigmoid", scaled.dtype(), scaled.shape(), scaled).neg();
    }
  },

  /** Hinge loss: {@code max(0, 1 - beta margin)}. */
  HINGE {
    @Override
    Expr each(Expr margin, double beta) {
      return margin.mul(-beta).add(1).relu();
    }
  },

  /** IPO: {@code (margin - 1 / (2 beta))^2} (Azar et al. 2023, equation 17). */
  IPO {
    @Override
    Expr each(Expr margin, double beta) {
      return margin.sub(1 / (2 * beta)).pow(2);
    }
  };

  /**
   * The loss of each pair.
   *
   * @param margin by how much the adapter favours the better picture more than the reference does,
   *     [pairs]
   * @param beta sharpness of the comparison, above 0
   */
  abstract Expr each(Expr margin, double beta);
}
