package dev.lora4j.text.align;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Completion with its rewards, as it is learned.
 *
 * @param rewards of each function by its name, without weights; empty where it had nothing to say
 * @param reward their weighted sum; empty if there is none
 * @param advantage by how much it is better than others of its prompt, by its rewards less what its
 *     distance from the reference costs; with a value head the mean of its tokens' advantages
 */
public record ScoredRollout(
    Rollout rollout, Map<String, OptionalDouble> rewards, OptionalDouble reward, double advantage) {
  /** Copies the map, in its order. */
  public ScoredRollout {
    rewards = Collections.unmodifiableMap(new LinkedHashMap<>(rewards));
  }
}
