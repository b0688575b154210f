package dev.lora4j.text.align;

import java.util.List;

/**
 * Completions that a step of training needs rewards for.
 *
 * @param rollouts in order; those of a prompt follow one another
 * @param step number of the step, from 1
 */
public record RewardRequest(List<Rollout> rollouts, long step) {
  /** Copies the list. */
  public RewardRequest {
    rollouts = List.copyOf(rollouts);
  }
}
