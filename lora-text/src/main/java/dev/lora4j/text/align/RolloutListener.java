package dev.lora4j.text.align;

import java.util.List;

/** Listener for completions that a model writes while it is trained, on the thread that trains. */
@FunctionalInterface
public interface RolloutListener {
  /** Ignores them. */
  RolloutListener NONE = (step, rollouts) -> {};

  /**
   * Receives the completions of a step before it is taken.
   *
   * @param step from 1
   * @param rollouts those of a prompt side by side
   */
  void written(long step, List<ScoredRollout> rollouts);
}
