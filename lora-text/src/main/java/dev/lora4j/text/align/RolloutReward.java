package dev.lora4j.text.align;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reward function that judges each completion by itself. */
public interface RolloutReward extends RewardFunction {
  /** The reward of a completion, a finite number; empty if it has nothing to say. */
  OptionalDouble reward(Rollout rollout);

  /**
   * Judges one after the other, in the calling thread.
   *
   * @throws RewardException that names the completion that {@link #reward} failed at
   * @throws CancellationException if the thread is interrupted between two
   */
  @Override
  default CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    List<OptionalDouble> all = new ArrayList<>();
    for (Rollout rollout : request.rollouts()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("Interrupted.");
      }
      try {
        all.add(reward(rollout));
      } catch (RewardException | CancellationException e) {
        throw e;
      } catch (RuntimeException | StackOverflowError e) {
        throw RewardException.at(name(), request, all.size(), "failed: " + e, e);
      }
    }
    return CompletableFuture.completedFuture(all);
  }
}
