package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;

/**
 * Objective of a reward model: the likelihood that the better of two texts is preferred (Bradley
 * and Terry 1952), as TRL 1.16's {@code RewardTrainer} has it.
 *
 * @param centring what the square of the sum of both rewards is multiplied with, from 0 on: above
 *     it, rewards stay around 0 (Eisenstein et al. 2023, equation 2)
 */
public record RewardObjective(double centring) implements Canonical {
  /** Without centring. */
  public static final RewardObjective DEFAULT = new RewardObjective(0);

  /**
   * Checks the factor.
   *
   * @throws IllegalArgumentException if it is below 0 or no number
   */
  public RewardObjective {
    if (!(centring >= 0) || Double.isInfinite(centring)) {
      throw new IllegalArgumentException(
          "The centring of rewards must be a number from 0 on, found " + centring + ".");
    }
  }

  /**
   * The loss of each pair, {@code -ln sigmoid(chosen - rejected) + centring (chosen + rejected)^2},
   * [n].
   *
   * @param chosen rewards, [n]
   * @param rejected rewards, [n]
   */
  public Expr each(Expr chosen, Expr rejected) {
    return centred(Logistic.logSigmoid(chosen.sub(rejected)).neg(), chosen, rejected);
  }

  /**
   * {@link #each(Expr, Expr)} with {@code -ln sigmoid(chosen - rejected - margin)}.
   *
   * @param margin [n]
   */
  public Expr each(Expr chosen, Expr rejected, Expr margin) {
    Expr loss = Logistic.logSigmoid(chosen.sub(rejected).sub(margin)).neg();
    return centred(loss, chosen, rejected);
  }

  private Expr centred(Expr loss, Expr chosen, Expr rejected) {
    return centring == 0 ? loss : loss.add(chosen.add(rejected).pow(2).mul(centring));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RewardObjective").with("centring", centring).text();
  }
}
