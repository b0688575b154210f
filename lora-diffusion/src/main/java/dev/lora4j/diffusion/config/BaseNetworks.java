package dev.lora4j.diffusion.config;

import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.Collections;
import java.util.List;

/** The networks that the keys of a base run describe. */
final class BaseNetworks {
  private static final double NORM_EPSILON = 1e-5;

  /** First beta of schedules other than cosine: that of DDPM (Ho et al. 2020). */
  private static final double BETA_START = 1e-4;

  private static final double BETA_END = 0.02;

  private BaseNetworks() {}

  static VaeConfig vae(RunValues values) {
    return new VaeConfig(
        3,
        3,
        values.get(BaseKeys.VAE_LATENT_CHANNELS),
        values.get(BaseKeys.VAE_CHANNELS),
        values.get(BaseKeys.VAE_LAYERS),
        values.get(BaseKeys.VAE_GROUPS),
        1,
        0);
  }

  static ClipTextConfig text(RunValues values) {
    return new ClipTextConfig(
        values.get(BaseKeys.TEXT_VOCABULARY),
        values.get(BaseKeys.TEXT_WIDTH),
        values.get(BaseKeys.TEXT_FEED_FORWARD),
        values.get(BaseKeys.TEXT_LAYERS),
        values.get(BaseKeys.TEXT_HEADS),
        values.get(BaseKeys.TEXT_TOKENS),
        NORM_EPSILON,
        true);
  }

  /** Denoiser with cross-attention at every resolution: pictures are too small to save it. */
  static UNetConfig unet(RunValues values) {
    List<Integer> channels = values.get(BaseKeys.UNET_CHANNELS);
    int latents = values.get(BaseKeys.VAE_LATENT_CHANNELS);
    List<Boolean> attention = Collections.nCopies(channels.size(), true);
    return new UNetConfig(
        latents,
        latents,
        channels,
        attention,
        attention,
        values.get(BaseKeys.UNET_LAYERS),
        values.get(BaseKeys.TEXT_WIDTH),
        values.get(BaseKeys.UNET_HEADS),
        values.get(BaseKeys.UNET_GROUPS),
        NORM_EPSILON,
        true);
  }

  static SchedulerConfig scheduler(RunValues values) {
    return new SchedulerConfig(
        values.get(BaseKeys.TIMESTEPS),
        Betas.named(values.get(BaseKeys.BETAS)),
        BETA_START,
        BETA_END,
        Prediction.named(values.get(BaseKeys.PREDICTION)),
        Spacing.TRAILING,
        0,
        true);
  }
}
