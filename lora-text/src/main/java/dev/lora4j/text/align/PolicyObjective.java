package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Objective of learning from rewards, which is made small.
 *
 * @param loss of completions and their advantages
 * @param level what has a ratio of importance of its own
 * @param beta what the distance from the reference costs in the loss, 0 for nothing
 * @param corrected whether that distance is corrected for completions that an earlier model wrote,
 *     by their ratios (TRL's use_bias_correction_kl)
 * @param entropy use of entropies
 */
public record PolicyObjective(
    PolicyLoss loss, ImportanceLevel level, double beta, boolean corrected, EntropyUse entropy)
    implements Canonical {
  /** An objective that makes no use of entropies. */
  public PolicyObjective(PolicyLoss loss, ImportanceLevel level, double beta, boolean corrected) {
    this(loss, level, beta, corrected, EntropyUse.NONE);
  }

  /** Checks beta. */
  public PolicyObjective {
    if (!(beta >= 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta must be 0 or above, found " + beta + ".");
    }
  }

  /** A loss with ratios of tokens, and no reference. */
  public static PolicyObjective of(PolicyLoss loss) {
    return new PolicyObjective(loss, ImportanceLevel.TOKEN, 0, true);
  }

  /** Returns true if it needs a reference. */
  public boolean compares() {
    return beta > 0;
  }

  /**
   * Stages it.
   *
   * @param scores with a reference if it {@link #compares}
   * @param entropies of the distribution that each token was drawn from, in nats, [tokens]
   */
  public Staged staged(PolicyScores scores, Expr entropies) {
    return staged(scores, entropies, mean -> mean.mul(entropy.coefficient()));
  }

  /**
   * {@link #staged(PolicyScores, Expr)} where entropies are controlled.
   *
   * @param coefficient of the step, a scalar
   */
  public Staged staged(PolicyScores scores, Expr entropies, Expr coefficient) {
    return staged(scores, entropies, coefficient::mul);
  }

  private Staged staged(PolicyScores scores, Expr entropies, UnaryOperator<Expr> times) {
    Optional<Expr> marks = entropy.marks(entropies);
    Expr all = loss.each(scores);
    Expr each = marks.map(all::mul).orElse(all);
    Map<String, Expr> measures = new LinkedHashMap<>();
    if (compares()) {
      Expr distance = distance(scores, scores.reference().orElseThrow());
      each = each.add(distance.mul(beta));
      measures.put("kl", scores.mean(distance.detach()));
    }
    loss.measures(scores)
        .forEach((name, tokens) -> measures.put(name, scores.meanByLevel(tokens.detach())));
    Optional<Expr> bonus =
        entropy.rewarded()
            ? Optional.of(
                times.apply(
                    marks
                        .map(m -> entropies.mul(m).sum().div(m.sum().clampMin(1)))
                        .orElseGet(() -> scores.mean(entropies))))
            : Optional.empty();
    return new Staged(each, bonus, measures, marks);
  }

  /** The unbiased estimate of the divergence at each token (Schulman 2020, k3). */
  private Expr distance(PolicyScores scores, Expr reference) {
    Expr back = reference.sub(scores.likelihoods());
    Expr estimate = back.exp().sub(back).sub(1);
    return corrected ? estimate.mul(scores.ratio()) : estimate;
  }

  /**
   * A staged objective.
   *
   * @param each loss of each token, [tokens]
   * @param bonus what entropies take from the loss of a batch, a scalar, if they do
   * @param measures means over a batch, scalars, by their names, in order
   * @param marks of the tokens that are learned, 1 and 0, [tokens]; none if all are
   */
  public record Staged(
      Expr each, Optional<Expr> bonus, Map<String, Expr> measures, Optional<Expr> marks) {}

  @Override
  public String canonical() {
    return CanonicalForm.of("PolicyObjective")
        .with("loss", loss)
        .with("level", level.toString())
        .with("beta", beta)
        .with("corrected", corrected)
        .with("entropy", entropy)
        .text();
  }
}
