package dev.lora4j.diffusion.style;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.util.Set;

/** Requirements of sliders. */
public final class SliderLesson {
  /** Methods whose effect at weight -1 is not the opposite of that at 1. */
  private static final Set<String> ONE_SIDED = Set.of("boft", "diag-oft");

  private SliderLesson() {}

  /**
   * Refuses a base that no slider can be trained on.
   *
   * @throws IllegalArgumentException if it is guided within
   */
  public static void require(DiffusionModel base) {
    if (base.denoiser().guidanceWidth() > 0) {
      throw new IllegalArgumentException(
          base.path()
              + " is guided within, as latent consistency models are; train the slider on the plain"
              + " model that it was made of, and use it on both.");
    }
  }

  /**
   * Refuses a plan that no slider can have.
   *
   * @throws IllegalArgumentException if it has layers of text encoders, or a method that turns
   *     weights one after the other
   */
  public static void require(AdapterPlan plan) {
    if (StyleProgram.trainsText(plan)) {
      throw new IllegalArgumentException(
          "A slider is one of the denoiser alone, as its prompts are read by the base's own text"
              + " encoders; take the layers of text encoders away (adapter.text_encoder,"
              + " adapter.targets).");
    }
    String method = plan.recipe().method().name();
    if (ONE_SIDED.contains(method)) {
      throw new IllegalArgumentException(
          "A slider is trained at weight -1 too, as the opposite of weight 1, and the method "
              + method
              + " multiplies rotations, which have no such opposite; take another method, for"
              + " example lora.");
    }
  }
}
