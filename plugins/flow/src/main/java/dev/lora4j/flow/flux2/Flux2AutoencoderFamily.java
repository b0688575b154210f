package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.spi.Extension;

/** Autoencoders of FLUX.2 as diffusers writes them: {@code AutoencoderKLFlux2}. */
@Extension(point = AutoencoderFamily.class, name = "flux2", help = "AutoencoderKLFlux2")
public final class Flux2AutoencoderFamily implements AutoencoderFamily {
  /** For the host. */
  public Flux2AutoencoderFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(Flux2AutoencoderFile.CLASS);
  }

  @Override
  public ConfigFields fields() {
    return Flux2AutoencoderFile.FIELDS;
  }

  @Override
  public AutoencoderNetwork network(ConfigFile config) {
    return new Flux2AutoencoderFile(config).network();
  }
}
