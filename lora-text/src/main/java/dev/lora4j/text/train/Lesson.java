package dev.lora4j.text.train;

import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.align.ReferenceUse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Subject of a run on texts: its sequences themselves, or something about them. */
sealed interface Lesson {
  /** Parts of the run that a checkpoint depends on, beside texts and settings. */
  Map<String, String> identity();

  /**
   * Refuses what a step's weights and state do not say.
   *
   * @throws IllegalArgumentException if the model writes what it learns
   */
  default void requireShared() {}

  private static IllegalArgumentException written(String what) {
    return new IllegalArgumentException(
        what
            + " cannot be learned with gradients from elsewhere: everybody would write all texts of"
            + " a step again. Train it without them.");
  }

  /** The sequences themselves, in rows of their own or packed. */
  record Texts(boolean packed) implements Lesson {
    @Override
    public Map<String, String> identity() {
      return packed ? Map.of("rows", "packed") : Map.of();
    }
  }

  /** The probabilities of teachers at each of their tokens. */
  record Teachers(Distillation distillation) implements Lesson {
    @Override
    public Map<String, String> identity() {
      return distillation.identity();
    }
  }

  /** Rewards of completions that the model writes itself. */
  record Rewarded(RewardedPrompts prompts, Optional<ReferenceSync> sync) implements Lesson {
    @Override
    public Map<String, String> identity() {
      return beside(prompts.identity(), ReferenceUse.EACH_STEP, sync);
    }

    @Override
    public void requireShared() {
      throw written("Rewards of what the model writes itself");
    }
  }

  /** The probabilities of a teacher at each token that the model writes itself. */
  record Written(OnPolicyTeaching teaching) implements Lesson {
    @Override
    public Map<String, String> identity() {
      return teaching.identity();
    }

    @Override
    public void requireShared() {
      if (teaching.settings().share() > 0) {
        throw written("What a teacher says of texts that the student writes itself");
      }
    }
  }

  /** Which of two is better. */
  record Pairs(Preferences preferences, ReferenceUse reference, Optional<ReferenceSync> sync)
      implements Lesson {
    @Override
    public Map<String, String> identity() {
      return beside(preferences.identity(), reference, sync);
    }
  }

  /** Which are good and which are bad. */
  record Judged(JudgedTexts texts, ReferenceUse reference, Optional<ReferenceSync> sync)
      implements Lesson {
    @Override
    public Map<String, String> identity() {
      return beside(texts.identity(), reference, sync);
    }
  }

  private static Map<String, String> beside(
      Map<String, String> parts, ReferenceUse reference, Optional<ReferenceSync> sync) {
    Map<String, String> all = new HashMap<>(parts);
    sync.ifPresent(moving -> all.put("reference sync", moving.text()));
    if (reference == ReferenceUse.ONCE) {
      all.put("reference", "once");
    }
    return all;
  }
}
