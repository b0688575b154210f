package dev.lora4j.flow.flux;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The transformer of FLUX.1 as diffusers writes it. */
@Extension(
    point = DenoiserFamily.class,
    name = "flux",
    help = "transformers of FLUX.1 (FluxTransformer2DModel)")
public final class FluxFamily implements DenoiserFamily {
  private static final String CLASS = "FluxTransformer2DModel";

  /** For the host. */
  public FluxFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public Optional<ConfigFields> treatment() {
    return Optional.of(FluxConfigFile.FIELDS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile config) {
    return new FluxTransformer(new FluxConfigFile(config).config());
  }
}
