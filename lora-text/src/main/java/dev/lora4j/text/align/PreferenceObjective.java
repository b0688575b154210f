package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Objective of learning from preferences: a weighted sum of losses, which is made small.
 *
 * @param losses at least one; the first says what a reward is
 * @param divergence from the reference
 * @param beta how much the distance from the reference costs; in losses without one the inverse
 *     temperature
 */
public record PreferenceObjective(List<Weighted> losses, ScoreDivergence divergence, double beta)
    implements Canonical {
  /** Beta of DPO where nothing else is said, as in TRL. */
  public static final double BETA = 0.1;

  /**
   * A loss and what it is multiplied by.
   *
   * @param weight above 0
   */
  public record Weighted(PreferenceLoss loss, double weight) {
    /** Checks the weight. */
    public Weighted {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "The weight of the loss " + loss.name() + " must be above 0, found " + weight + ".");
      }
    }
  }

  /**
   * Checks that the losses go together.
   *
   * @throws IllegalArgumentException if there is none, one is there twice, beta is not above 0, or
   *     a loss is of no other divergence than reverse KL and there is another
   */
  public PreferenceObjective {
    losses = List.copyOf(losses);
    if (losses.isEmpty()) {
      throw new IllegalArgumentException("Learning from preferences needs a loss.");
    }
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new IllegalArgumentException("beta must be above 0, found " + beta + ".");
    }
    if (losses.stream().map(Weighted::loss).distinct().count() < losses.size()) {
      throw new IllegalArgumentException(
          "A loss is there twice; say it once, with a weight of its own.");
    }
    if (!divergence.equals(ScoreDivergence.REVERSE_KL)) {
      losses.stream()
          .map(Weighted::loss)
          .filter(loss -> !loss.diverges())
          .findFirst()
          .ifPresent(
              loss -> {
                throw new IllegalArgumentException(
                    "The loss "
                        + loss.name()
                        + " is of reverse KL alone; leave the divergence out or take another loss.");
              });
    }
  }

  /** One loss alone, by reverse KL and {@link #BETA}. */
  public static PreferenceObjective of(PreferenceLoss loss) {
    return new PreferenceObjective(
        List.of(new Weighted(loss, 1)), ScoreDivergence.REVERSE_KL, BETA);
  }

  /** Returns true if a loss needs a reference. */
  public boolean compares() {
    return losses.stream().anyMatch(each -> each.loss().compares());
  }

  /** The loss of each pair, [pairs]. */
  public Expr each(PairScores pairs) {
    return losses.stream()
        .map(each -> each.loss().each(pairs, beta).mul(each.weight()))
        .reduce(Expr::add)
        .orElseThrow();
  }

  /** Reward of a completion by the first loss, [pairs]. */
  public Expr reward(CompletionScores completion) {
    return losses.get(0).loss().reward(completion, beta);
  }

  @Override
  public String canonical() {
    CanonicalForm form = CanonicalForm.of("PreferenceObjective");
    for (int i = 0; i < losses.size(); i++) {
      form = form.with("loss" + i, losses.get(i).loss()).with("weight" + i, losses.get(i).weight());
    }
    return form.with("divergence", divergence).with("beta", beta).text();
  }
}
