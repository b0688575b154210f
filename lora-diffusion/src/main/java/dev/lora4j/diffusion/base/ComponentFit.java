package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.file.Path;

/** Checks of the sizes that the networks of a base model hand to each other. */
final class ComponentFit {
  private ComponentFit() {}

  /**
   * Refuses configurations whose networks do not fit each other.
   *
   * @throws ModelException if two of them do not fit
   */
  static void require(Path path, ModelConfigs configs) {
    DenoiserNetwork denoiser = configs.unet();
    int latents = configs.vae().latentChannels();
    if (denoiser.outChannels() != latents) {
      throw new ModelException(
          path
              + ": the denoiser predicts "
              + denoiser.outChannels()
              + " channels, but the autoencoder's latents have "
              + latents
              + ".");
    }
    if (denoiser.inChannels() != latents && denoiser.inChannels() != 2 * latents + 1) {
      throw new ModelException(
          path
              + ": the denoiser takes "
              + denoiser.inChannels()
              + " channels; "
              + latents
              + " (latents) or "
              + (2 * latents + 1)
              + " (those, a mask and what it leaves) can be given. It may be made to follow an"
              + " instruction or to enlarge pictures.");
    }
    try {
      configs.arrangement();
    } catch (IllegalArgumentException e) {
      throw new ModelException(path + ": " + e.getMessage(), e);
    }
    Prediction predicts = configs.schedule().prediction();
    if (denoiser.prediction().filter(p -> p != predicts).isPresent()) {
      String kind = configs.schedule().settings().kind();
      throw new ModelException(
          path
              + ": the denoiser predicts "
              + named(denoiser.prediction().get())
              + ", but the scheduler"
              + (kind.isEmpty() ? "" : " " + kind)
              + " is for one that predicts "
              + named(predicts)
              + "; expected the scheduler of the pipeline that the denoiser comes from, and no other"
              + " prediction type.");
    }
  }

  private static String named(Prediction prediction) {
    return switch (prediction) {
      case EPSILON -> "noise (epsilon)";
      case V_PREDICTION -> "velocity (v_prediction)";
      case FLOW -> "a flow";
    };
  }
}
