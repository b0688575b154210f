package dev.lora4j.text.align.reward;

import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.util.OptionalDouble;

/**
 * Preference for completions that are not too long: the soft punishment of DAPO (Yu et al. 2025,
 * equation 13) and 1.
 *
 * @param most Tokens up to which the reward is 1
 * @param limit Tokens from which on it is 0
 */
@Extension(
    point = RewardFunction.class,
    name = "length",
    help = "1 up to so many tokens, from there on falling to 0 at a limit")
public record Length(
    @Setting(help = "Tokens up to which the reward is 1", min = 0) int most,
    @Setting(help = "Tokens from which on it is 0; above most", min = 1) int limit)
    implements RolloutReward {
  /** Checks the settings. */
  public Length {
    if (limit <= most) {
      throw new IllegalArgumentException(
          "The limit of a length must be above most, found " + limit + " and " + most + ".");
    }
  }

  @Override
  public OptionalDouble reward(Rollout rollout) {
    double left = ((double) limit - rollout.ids().size()) / ((double) limit - most);
    return OptionalDouble.of(Math.max(0, Math.min(1, left)));
  }
}
