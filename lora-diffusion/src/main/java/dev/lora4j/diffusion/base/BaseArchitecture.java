package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.denoiser.TextToImageNetworks;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Denoiser, text encoders and noise schedule that the configurations in a folder describe. The
 * folder needs neither weights nor an autoencoder.
 *
 * @param networks denoiser and text encoders
 * @param schedule that the denoiser is trained with
 * @param sampleSize height and width of the latents that it is for
 */
public record BaseArchitecture(
    TextToImageNetworks networks, SchedulerConfig schedule, int sampleSize) {
  /**
   * Reads it.
   *
   * @param folder in the layout of diffusers
   * @throws ModelException if a file is missing, says what cannot be computed, or does not go with
   *     another
   */
  public static BaseArchitecture of(Path folder) {
    DenoiserNetwork denoiser = DiffusersConfigs.denoiser(folder);
    List<TextToImageNetworks.Encoder> encoders =
        DiffusersConfigs.texts(folder).stream()
            .map(t -> new TextToImageNetworks.Encoder(t.model(), t.network()))
            .toList();
    boolean plain = denoiser instanceof UNet && denoiser.pooledWidth() == 0;
    SchedulerConfig schedule = DiffusersConfigs.schedule(folder, denoiser, plain);
    OptionalInt most = GenerationDefaults.textTokens(folder);
    try {
      TextToImageNetworks networks = TextToImageNetworks.of(denoiser, encoders);
      return new BaseArchitecture(
          most.isPresent() ? networks.within(most.getAsInt()) : networks,
          schedule,
          DiffusersConfigs.sampleSize(folder, denoiser));
    } catch (IllegalArgumentException e) {
      throw new ModelException(folder + ": " + e.getMessage(), e);
    }
  }
}
