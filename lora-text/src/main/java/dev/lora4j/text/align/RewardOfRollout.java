package dev.lora4j.text.align;

import dev.lora4j.core.identity.CanonicalForm;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** A program's function of a completion, under a name. */
record RewardOfRollout(String name, ToDoubleFunction<Rollout> function) implements RolloutReward {
  RewardOfRollout {
    RewardOfRequest.checkName(name);
  }

  @Override
  public OptionalDouble reward(Rollout rollout) {
    return OptionalDouble.of(function.applyAsDouble(rollout));
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RewardOfRollout").with("name", name).text();
  }
}
