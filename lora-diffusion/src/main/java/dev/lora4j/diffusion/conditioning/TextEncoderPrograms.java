package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;

/** Compiled programs of a base's text encoders. */
public final class TextEncoderPrograms {
  private record Key(String model, HiddenView layer, boolean replaces) {}

  private final DiffusionModel base;
  private final CompiledNetworks<Key> networks;

  /** None compiled yet. */
  public TextEncoderPrograms(Scope scope, DiffusionModel base) {
    this.base = base;
    this.networks = new CompiledNetworks<>(scope, base.compute());
  }

  /** A text encoder up to a layer. */
  Network of(TextEncoder encoder, HiddenView layer) {
    return of(encoder, layer, false);
  }

  /** {@link #of(TextEncoder, HiddenView)}, with vectors at places of tokens if {@code replaces}. */
  Network of(TextEncoder encoder, HiddenView layer, boolean replaces) {
    return networks.of(
        new Key(encoder.model(), layer, replaces),
        encoder.model(),
        encoder.weights().forms(),
        () ->
            StagedNetworks.text(
                encoder.network(), layer, base.compute(), AdapterInputs.NONE, replaces));
  }
}
