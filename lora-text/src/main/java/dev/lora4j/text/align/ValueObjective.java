package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;

/**
 * Use of a value head, which tells at each token what reward is still to be expected (PPO, Schulman
 * et al. 2017): what a token gains over it is its advantage, and the head learns what came of it.
 *
 * @param gamma what a reward is worth one token earlier, from 0 to 1
 * @param lambda from 0, where the next value alone judges a token, to 1, where the rewards that
 *     came do
 * @param clip how far from what it was a value counts, above 0; infinite for any distance
 * @param coefficient of its loss beside that of the policy, 0 or above
 */
public record ValueObjective(double gamma, double lambda, double clip, double coefficient)
    implements Canonical {
  /** TRL's: a gamma of 1, a lambda of 0.95, values that move by 0.2, a coefficient of 0.1. */
  public static final ValueObjective DEFAULT = new ValueObjective(1, 0.95, 0.2, 0.1);

  /** Checks the numbers. */
  public ValueObjective {
    requireShare("gamma", gamma);
    requireShare("lambda", lambda);
    if (!(clip > 0)) {
      throw new IllegalArgumentException(
          "Values count up to a distance above 0 from what they were, found " + clip + ".");
    }
    if (!(coefficient >= 0) || Double.isInfinite(coefficient)) {
      throw new IllegalArgumentException(
          "The coefficient of the value loss must be 0 or above, found " + coefficient + ".");
    }
  }

  private static void requireShare(String name, double found) {
    if (!(found >= 0 && found <= 1)) {
      throw new IllegalArgumentException(name + " must be from 0 to 1, found " + found + ".");
    }
  }

  /**
   * The loss of the value at each token, [tokens], without the coefficient: half the greater of two
   * squares, of which one is of a value that is clipped.
   *
   * @param values what the head says, [tokens]
   * @param before what it said when the completions were written, [tokens]
   * @param returns what it should have said, [tokens]
   */
  public Expr each(Expr values, Expr before, Expr returns) {
    return free(values, returns).maximum(bound(values, before, returns)).mul(0.5);
  }

  /** Marks of the tokens whose clipped value has the greater loss, 1 and 0, [tokens]. */
  public Expr clipped(Expr values, Expr before, Expr returns) {
    return bound(values, before, returns).gt(free(values, returns)).to(values.dtype());
  }

  private static Expr free(Expr values, Expr returns) {
    Expr error = values.sub(returns);
    return error.mul(error);
  }

  private Expr bound(Expr values, Expr before, Expr returns) {
    return Double.isInfinite(clip)
        ? free(values, returns)
        : free(before.add(values.sub(before).clamp(-clip, clip)), returns);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("ValueObjective")
        .with("gamma", gamma)
        .with("lambda", lambda)
        .with("clip", clip)
        .with("coefficient", coefficient)
        .text();
  }
}
