package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.consistency.ConsistencyObjective;
import dev.lora4j.diffusion.consistency.ConsistencySettings;
import dev.lora4j.diffusion.request.FewSteps;
import java.util.Locale;

/** Requirements and metadata of adapters for few steps. */
public final class FewStepLesson {
  private FewStepLesson() {}

  /**
   * Settings that suit a base: the published ones, unless it says its own guidance scale, which the
   * teacher then has.
   */
  public static ConsistencySettings settings(DiffusionModel base) {
    if (base.xl()) {
      return ConsistencySettings.XL;
    }
    double usual = base.defaults().guidance();
    return usual == PUBLISHED_SCALE
        ? ConsistencySettings.DEFAULT
        : ConsistencySettings.DEFAULT.withGuidance(Math.max(0, usual - 1), Math.max(0, usual - 1));
  }

  /** Guidance scale of pipelines for Stable Diffusion that say none. */
  private static final double PUBLISHED_SCALE = 7.5;

  /**
   * Refuses a base that cannot be distilled to few steps.
   *
   * @throws IllegalArgumentException if it predicts a flow, or is distilled already
   */
  public static void require(DiffusionModel base, ConsistencySettings how) {
    if (base.denoiser().guidanceWidth() > 0) {
      throw new IllegalArgumentException(
          base.path()
              + " is guided within, as latent consistency models are, and makes pictures in few"
              + " steps by itself; distil the plain model that it was made of.");
    }
    // Knows which schedules it takes.
    new ConsistencyObjective(base.schedule(), how);
  }

  /**
   * Refuses a plan that cannot be trained on few steps.
   *
   * @throws IllegalArgumentException if it has layers of text encoders, or a method that goes with
   *     the timestep
   */
  public static void require(AdapterPlan plan) {
    if (StyleProgram.trainsText(plan)) {
      throw new IllegalArgumentException(
          "An adapter for few steps is one of the denoiser alone, as its teacher reads captions"
              + " with the same text encoders; take the layers of text encoders away"
              + " (adapter.text_encoder, adapter.targets).");
    }
    if (plan.followsDenoising()) {
      throw new IllegalArgumentException(
          "The method "
              + plan.recipe().method().name()
              + " has another rank at each timestep, and an adapter for few steps compares two of"
              + " them; take another method.");
    }
  }

  /** Metadata of the loss, and of the use of the adapter. */
  static Metadata metadata(ConsistencySettings how) {
    HeaderEntries entries =
        new HeaderEntries()
            .put("ss_loss_type", how.measure().name().toLowerCase(Locale.ROOT))
            .put("lora4j_learned", "few steps")
            .put("lora4j_solver_steps", how.solverSteps())
            .put("lora4j_teacher_guidance", how.leastGuidance() + " to " + how.mostGuidance());
    if (how.measure() == ConsistencySettings.Measure.HUBER) {
      entries.put("ss_huber_c", how.huberC());
    }
    return entries.metadata().withAll(FewSteps.LCM.metadata());
  }
}
