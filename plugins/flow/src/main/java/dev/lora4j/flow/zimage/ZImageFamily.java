package dev.lora4j.flow.zimage;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/** The transformer of Z-Image as diffusers writes it. */
@Extension(
    point = DenoiserFamily.class,
    name = "zimage",
    help = "transformers of Z-Image (ZImageTransformer2DModel)")
public final class ZImageFamily implements DenoiserFamily {
  private static final String CLASS = "ZImageTransformer2DModel";

  /** For the host. */
  public ZImageFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(CLASS);
  }

  @Override
  public Optional<ConfigFields> treatment() {
    return Optional.of(ZImageConfigFile.FIELDS);
  }

  @Override
  public DenoiserNetwork network(ConfigFile config) {
    return new ZImageTransformer(new ZImageConfigFile(config).config());
  }
}
