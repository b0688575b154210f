package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.RankRule;
import java.util.List;
import java.util.Optional;

/**
 * Mixer that blends the changes of several adapters into one change of each parameter, once, before
 * use. The result is an adapter of its own: it makes the same pictures as its file.
 *
 * <p>Only adapters of additive methods have such changes; the others are refused before this is
 * called. The same mixer with the same adapters, weights and seed gives the same result to the bit.
 *
 * <p>It refuses requests that it cannot honour, or throws an {@link IllegalArgumentException}.
 */
public non-sealed interface DeltaMixer extends Mixer {
  /**
   * Reason why the mixer cannot blend these adapters, a sentence that names the cause; empty if it
   * can.
   *
   * @param names of the adapters, in order
   */
  default Optional<String> refuses(List<String> names) {
    return Optional.empty();
  }

  /** Requirement of the mixer on each adapter; by default a change, of any factors. */
  default MixerRequirement needs() {
    return MixerRequirement.CHANGES;
  }

  /**
   * Returns true if each row of a weight's change depends on the same row of the changes, their
   * weights, its random numbers and the survey alone. Large weights are then mixed block by block,
   * which takes less memory.
   */
  default boolean rowwise() {
    return false;
  }

  /**
   * Numbers that depend on all parameters together, for example a threshold for each adapter. They
   * are computed once, and {@link SiteDeltas#number} has them at each parameter.
   */
  default double[] survey(DeltaSurvey survey) {
    return new double[0];
  }

  /** Stages the change at one parameter. */
  MixedDelta mix(SiteDeltas deltas);

  /**
   * Default rule for the number of directions to keep at a layer; all by default.
   *
   * @param ranks of the changes there, one for each adapter that changes it; the full rank for a
   *     change without a low-rank form
   */
  default Optional<RankRule> truncation(List<Integer> ranks) {
    return Optional.empty();
  }
}
