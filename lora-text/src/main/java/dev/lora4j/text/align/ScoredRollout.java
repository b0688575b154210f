package dev.lora4j.text.align;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
  /**
   * Completions with what functions gave them.
   *
   * @param names of the functions
   * @param rewards of the completions, in their order
   * @param advantages of each of them
   */
  public static List<ScoredRollout> of(
      List<Rollout> rollouts, List<String> names, RewardTable rewards, double[] advantages) {
    List<ScoredRollout> all = new ArrayList<>();
    for (int row = 0; row < rollouts.size(); row++) {
      Map<String, OptionalDouble> own = new LinkedHashMap<>();
      for (int k = 0; k < names.size(); k++) {
        own.put(names.get(k), rewards.each().get(k).get(row));
      }
      all.add(new ScoredRollout(rollouts.get(row), own, rewards.sums().get(row), advantages[row]));
    }
    return all;
  }

  /** Copies the map, in its order. */
  public ScoredRollout {
    rewards = Collections.unmodifiableMap(new LinkedHashMap<>(rewards));
  }
}
