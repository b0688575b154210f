package dev.lora4j.text.align;

import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * Reward function that needs what a training has, such as the model that is trained. It is a value
 * as others are; a training opens it when it begins and asks the function that it gets.
 */
public interface ModelReward extends RewardFunction {
  /**
   * Opens the function for one training.
   *
   * @return a function that answers until the scope of the run is closed
   * @throws IllegalArgumentException if it cannot judge what this model writes
   * @throws dev.lora4j.core.model.ModelException if it has a model of its own that cannot be loaded
   */
  RewardFunction open(RewardContext run);

  /** {@inheritDoc} Fails, as a training asks the function that {@link #open} gives. */
  @Override
  default CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    throw RewardException.of(
        name(), request, "needs the model that is trained; open it for the training first.");
  }
}
