package dev.lora4j.core.adapter.adalora;

import dev.lora4j.core.tensor.Expr;

/**
 * Directions that all layers together may keep at a step (Zhang et al. 2023, equation 12, as PEFT
 * rounds it): all at first, then by a cubic curve down to the target, which stays at the end.
 *
 * @param all directions of the adapter
 * @param target directions that are kept at the end
 * @param first the last step at which all are kept
 * @param last the step at which the kept ones are chosen for good
 * @param every steps between two choices before
 */
record RankBudget(long all, long target, long first, long last, long every) {
  /**
   * The directions that are taken away after a step, F64.
   *
   * @param step its number from 1, a scalar F64
   */
  Expr taken(Expr step) {
    Expr left = step.sub((double) first).div((double) Math.max(1, last - first)).neg().add(1);
    Expr kept = left.pow(3).mul((double) (all - target)).add((double) target).floor();
    // Before the curve begins it would be above all, and after its end below the target.
    return kept.clamp((double) target, (double) all).neg().add((double) all);
  }

  /** BOOL: directions are chosen after this step; {@link #last} is one of these steps. */
  Expr chosen(Expr step) {
    Expr due = step.remainder((double) every).eq(0);
    return step.gt((double) first).and(step.lt((double) last)).and(due).or(step.eq((double) last));
  }
}
