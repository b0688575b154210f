package dev.lora4j.text.align;

/**
 * A reward function and what its rewards are multiplied by.
 *
 * @param weight 0 if it is reported alone; below 0 if it takes away
 */
public record WeightedReward(RewardFunction function, double weight) {
  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public WeightedReward {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "The weight of the reward "
              + function.name()
              + " must be a number, found "
              + weight
              + ".");
    }
  }
}
