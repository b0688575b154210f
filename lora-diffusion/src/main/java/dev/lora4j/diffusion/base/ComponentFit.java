package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
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
    ModelConfigs.Text last = configs.texts().get(configs.texts().size() - 1);
    if (configs.xl() && last.network().pooledWidth() == 0) {
      throw new ModelException(
          path
              + ": "
              + last.model()
              + " gives no pooled text, as a CLIPTextModelWithProjection does, but this denoiser is"
              + " told it.");
    }
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
    int width = configs.texts().stream().mapToInt(t -> t.network().width()).sum();
    if (width != denoiser.crossAttentionDim()) {
      throw new ModelException(
          path
              + ": the denoiser takes texts of width "
              + denoiser.crossAttentionDim()
              + ", but the text encoders together give "
              + width
              + ".");
    }
  }
}
