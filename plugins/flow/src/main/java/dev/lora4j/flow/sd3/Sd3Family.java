package dev.lora4j.flow.sd3;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The transformer of Stable Diffusion 3 and 3.5 as diffusers writes it. */
@Extension(
    point = DenoiserFamily.class,
    name = "sd3",
    help = "transformers of Stable Diffusion 3 and 3.5 (SD3Transformer2DModel)")
public final class Sd3Family implements DenoiserFamily {
  private static final String CLASS = "SD3Transformer2DModel";

  /** For the host. */
  public Sd3Family() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public Optional<ConfigFields> treatment() {
    return Optional.of(Sd3ConfigFile.FIELDS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile config) {
    return new Sd3Transformer(new Sd3ConfigFile(config).config());
  }
}
