package dev.lora4j.text.align.reward;

import dev.lora4j.spi.Extension;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutReward;
import java.util.OptionalDouble;

/** 1 for a completion that the model ended itself, 0 for one that was cut. */
@Extension(
    point = RewardFunction.class,
    name = "ended",
    help = "1 if the model ended the completion itself, 0 if it was cut")
public record Ended() implements RolloutReward {
  @Override
  public OptionalDouble reward(Rollout rollout) {
    return OptionalDouble.of(rollout.ended() ? 1 : 0);
  }
}
