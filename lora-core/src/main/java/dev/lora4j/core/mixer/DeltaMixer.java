package dev.lora4j.core.mixer;

import dev.lora4j.core.lowrank.RankRule;
import java.util.List;
import java.util.Optional;

/**
 * Makes one change of each parameter out of those of several adapters, once, before it is used. The
 * result is an adapter of its own: a picture made with it is the picture made with its file.
 *
 * <p>Only adapters of additive methods have such changes; the others are refused before this is
 * asked. The same mixer with the same adapters, weights and seed gives the same result to the bit.
 *
 * <p>What it cannot honour it refuses, or says with an {@link IllegalArgumentException}.
 */
public non-sealed interface DeltaMixer extends Mixer {
  /**
   * Why it cannot blend these adapters, if it cannot: a sentence that names what.
   *
   * @param names of the adapters, in order
   */
  default Optional<String> refuses(List<String> names) {
    return Optional.empty();
  }

  /** What it needs of each adapter; by default a change, whatever it is made of. */
  default MixerRequirement needs() {
    return MixerRequirement.CHANGES;
  }

  /**
   * Whether each row of a weight's change can be mixed by itself: it depends on the same row of the
   * changes, their weights, its random numbers and the survey alone. Large weights are then mixed
   * block by block, which takes less memory.
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
   * How many directions are kept of the change at a layer, where nobody asks for another rule; all
   * by default.
   *
   * @param ranks of what the adapters change there, of each that does; as many as there can be of a
   *     change without a low-rank form
   */
  default Optional<RankRule> truncation(List<Integer> ranks) {
    return Optional.empty();
  }
}
