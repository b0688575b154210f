package dev.lora4j.text.align;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Numbers of the completions of a step, by TRL's names. A number is NaN where nothing has it. */
public final class RolloutStatistics {
  private RolloutStatistics() {}

  /**
   * The numbers, in order; those of the same functions always have the same names.
   *
   * @param rollouts those of a prompt side by side, at least one
   * @param group completions of each prompt
   */
  public static Map<String, Double> of(List<ScoredRollout> rollouts, int group) {
    double[] rewards = rollouts.stream().mapToDouble(r -> r.reward().orElse(Double.NaN)).toArray();
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("reward", Advantages.mean(rewards));
    all.put("reward_std", Advantages.spread(rewards));
    if (group > 1) {
      all.put("frac_reward_zero_std", alike(rollouts, group));
    }
    for (String name : rollouts.get(0).rewards().keySet()) {
      double[] own =
          rollouts.stream()
              .mapToDouble(
                  r -> r.rewards().getOrDefault(name, OptionalDouble.empty()).orElse(Double.NaN))
              .toArray();
      all.put("rewards/" + name + "/mean", Advantages.mean(own));
      all.put("rewards/" + name + "/std", Advantages.spread(own));
    }
    all.putAll(lengths(rollouts.stream().map(ScoredRollout::rollout).toList()));
    return all;
  }

  /**
   * Numbers of their lengths, in order.
   *
   * @param rollouts of none all numbers are NaN
   */
  public static Map<String, Double> lengths(List<Rollout> rollouts) {
    double[] lengths = rollouts.stream().mapToDouble(r -> r.ids().size()).toArray();
    double[] ended =
        rollouts.stream().mapToDouble(r -> r.ended() ? r.ids().size() : Double.NaN).toArray();
    double cut = rollouts.stream().filter(r -> !r.ended()).count();
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("completions/mean_length", Advantages.mean(lengths));
    all.put("completions/min_length", Arrays.stream(lengths).min().orElse(Double.NaN));
    all.put("completions/max_length", Arrays.stream(lengths).max().orElse(Double.NaN));
    all.put("completions/clipped_ratio", rollouts.isEmpty() ? Double.NaN : cut / rollouts.size());
    all.put("completions/mean_terminated_length", Advantages.mean(ended));
    return all;
  }

  /** Share of prompts whose completions have all the same reward, so that nothing is learned. */
  private static double alike(List<ScoredRollout> rollouts, int group) {
    int groups = rollouts.size() / group;
    int alike = 0;
    for (int g = 0; g < groups; g++) {
      double[] own =
          rollouts.subList(g * group, (g + 1) * group).stream()
              .mapToDouble(r -> r.reward().orElse(Double.NaN))
              .toArray();
      // TRL counts what differs by less than 1e-8 as the same.
      alike += Advantages.spread(own) > 1e-8 ? 0 : 1;
    }
    return (double) alike / groups;
  }
}
