package dev.lora4j.text.align.policy;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.align.PolicyLoss;
import dev.lora4j.text.align.PolicyScores;
import java.util.Map;

/** Loss of clipped ratios; these differ in how losses of tokens make that of a step. */
interface Clipped extends PolicyLoss {
  /** How far below 1 a ratio counts. */
  double epsilon();

  /** How far above 1 one counts; 0 for as far as below. */
  double epsilonHigh();

  /** Greatest ratio of all. */
  double delta();

  /**
   * The settings together.
   *
   * @throws IllegalArgumentException if they do not go together
   */
  default Clipping clipping() {
    return Clipping.of(epsilon(), epsilonHigh(), delta());
  }

  @Override
  default Expr each(PolicyScores scores) {
    return clipping().each(scores.ratio(), scores.advantage());
  }

  @Override
  default Map<String, Expr> measures(PolicyScores scores) {
    return clipping().measures(scores.ratio(), scores.advantage());
  }
}
