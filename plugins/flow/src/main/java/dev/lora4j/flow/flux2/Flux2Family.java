package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The transformer of FLUX.2 [klein] as diffusers writes it. */
@Extension(
    point = DenoiserFamily.class,
    name = "flux2",
    help = "transformers of FLUX.2 [klein] (Flux2Transformer2DModel)")
public final class Flux2Family implements DenoiserFamily {
  private static final String CLASS = "Flux2Transformer2DModel";

  /** For the host. */
  public Flux2Family() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public Optional<ConfigFields> treatment() {
    return Optional.of(Flux2ConfigFile.FIELDS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile config) {
    return new Flux2Transformer(new Flux2ConfigFile(config).config());
  }
}
