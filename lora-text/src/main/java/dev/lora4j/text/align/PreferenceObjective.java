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
 * @param tail share at which tokens of a completion count that lie beyond the length of the other
 *     one of its pair, from 0 to 1 (alpha of LD-DPO, Liu et al. 2024); 1 for all alike
 * @param weighting what the loss of each pair is multiplied with
 */
public record PreferenceObjective(
    List<Weighted> losses,
    ScoreDivergence divergence,
    double beta,
    double tail,
    PairWeighting weighting)
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
   * @throws IllegalArgumentException if there is none, one is there twice, beta is not above 0, the
   *     tail is not from 0 to 1, a loss is of no other divergence than reverse KL and there is
   *     another, or pairs are weighted and a loss has none for each pair by itself
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
    if (!(tail >= 0 && tail <= 1)) {
      throw new IllegalArgumentException(
          "Tokens beyond the shorter completion count at 0 to 1, found " + tail + ".");
    }
    if (weighting != PairWeighting.NONE) {
      losses.stream()
          .map(Weighted::loss)
          .filter(loss -> !loss.separate())
          .findFirst()
          .ifPresent(
              loss -> {
                throw new IllegalArgumentException(
                    "The loss "
                        + loss.name()
                        + " mixes the pairs of a batch, so that no pair has a loss to weight; leave"
                        + " the weighting out or take another loss.");
              });
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

  /** An objective in which all tokens and pairs count alike. */
  public PreferenceObjective(List<Weighted> losses, ScoreDivergence divergence, double beta) {
    this(losses, divergence, beta, 1, PairWeighting.NONE);
  }

  /** A copy in which tokens beyond the shorter completion count at a share. */
  public PreferenceObjective tail(double share) {
    return new PreferenceObjective(losses, divergence, beta, share, weighting);
  }

  /** A copy with another weighting of pairs. */
  public PreferenceObjective weighting(PairWeighting other) {
    return new PreferenceObjective(losses, divergence, beta, tail, other);
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
    form = form.with("divergence", divergence).with("beta", beta);
    form = tail == 1 ? form : form.with("tail", tail);
    return weighting == PairWeighting.NONE
        ? form.text()
        : form.with("weighting", weighting.name()).text();
  }
}
