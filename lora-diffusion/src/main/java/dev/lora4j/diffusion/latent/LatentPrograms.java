package dev.lora4j.diffusion.latent;

import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;

/** Compiled programs of a base's autoencoder. */
public final class LatentPrograms {
  private static final String MODEL = "vae";

  private enum Part {
    ENCODER,
    DECODER
  }

  private final DiffusionModel base;
  private final CompiledNetworks<Part> networks;

  /** None compiled yet. */
  public LatentPrograms(Scope scope, DiffusionModel base) {
    this.base = base;
    this.networks = new CompiledNetworks<>(scope, base.compute());
  }

  /** Pictures {@code x} to mean and logarithm of the variance. */
  public Network encoder() {
    return networks.of(
        Part.ENCODER, MODEL, () -> StagedNetworks.encoder(base.vae(), base.compute()));
  }

  /** Latents {@code z} to pictures. */
  public Network decoder() {
    return networks.of(
        Part.DECODER, MODEL, () -> StagedNetworks.decoder(base.vae(), base.compute()));
  }
}
