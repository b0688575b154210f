package dev.lora4j.text.align;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.spi.ExtensionName;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Judge of completions that a model wrote while it is trained. An extension point; implementations
 * are values: records of their settings. One that judges each completion by itself is a {@link
 * RolloutReward}.
 *
 * <p>{@link Rewards} calls it, in a thread of its own while the training waits. Calls do not
 * overlap within a training; several trainings may share a function.
 */
public interface RewardFunction extends Canonical {
  /** Its name, as people write it. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * One reward for each completion, in order; empty where it has nothing to say, which is left out
   * of the sum. Numbers are finite. The answer may come later, until then the training waits.
   *
   * <p>It fails, at once or later, with a {@link RewardException} that names a completion, or with
   * any other exception.
   */
  CompletionStage<List<OptionalDouble>> rewards(RewardRequest request);

  @Override
  default String canonical() {
    return CanonicalForm.ofExtension(this);
  }

  /**
   * A function of each completion by itself.
   *
   * @param name for people; a run of training is known again by it, so that another function has
   *     another name
   * @param reward a finite number
   */
  static RewardFunction of(String name, ToDoubleFunction<Rollout> reward) {
    return new RewardOfRollout(name, reward);
  }

  /**
   * A function of all completions together, which may answer later.
   *
   * @param name see {@link #of}
   * @param rewards see {@link #rewards}
   */
  static RewardFunction ofRequest(
      String name, Function<RewardRequest, CompletionStage<List<OptionalDouble>>> rewards) {
    return new RewardOfRequest(name, rewards);
  }
}
