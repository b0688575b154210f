package dev.lora4j.diffusion.vae;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.spi.Extension;

/** Stable Diffusion's autoencoders as diffusers writes them: {@code AutoencoderKL}. */
@Extension(point = AutoencoderFamily.class, name = "kl", help = "AutoencoderKL")
public final class VaeFamily implements AutoencoderFamily {
  private static final String CLASS = "AutoencoderKL";

  /** For the host. */
  public VaeFamily() {}

  /** Configurations of early files name no class. */
  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", CLASS).equals(CLASS);
  }

  @Override
  public ConfigFields fields() {
    return VaeConfigFile.fields();
  }

  @Override
  public AutoencoderNetwork network(ConfigFile config) {
    return new Vae(VaeConfigFile.read(config));
  }
}
