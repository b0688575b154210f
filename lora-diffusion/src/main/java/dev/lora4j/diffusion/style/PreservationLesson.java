package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.adapter.AdapterPlan;

/** Requirements of a training that preserves the base's predictions of a class. */
public final class PreservationLesson {
  private PreservationLesson() {}

  /**
   * Refuses a plan beside which the base cannot be preserved.
   *
   * @throws IllegalArgumentException if it has layers of text encoders
   */
  public static void require(AdapterPlan plan) {
    if (StyleProgram.trainsText(plan)) {
      throw new IllegalArgumentException(
          "preservation compares with what the base predicts for captions that its own text"
              + " encoders read, so these cannot be trained; take their layers away"
              + " (adapter.text_encoder, adapter.targets) or preservation.");
    }
  }
}
