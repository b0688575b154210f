package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;

/** The kinds of autoencoders that there are, with those that plug-ins bring. */
final class AutoencoderFamilies {
  private AutoencoderFamilies() {}

  /**
   * The autoencoder of a configuration.
   *
   * @throws ModelException if no kind knows it, or several claim it
   */
  static AutoencoderNetwork network(ConfigFile config) {
    return of(config).network(config);
  }

  /** Treatment of each field of a configuration. */
  static ConfigFields fields(ConfigFile config) {
    return of(config).fields();
  }

  private static AutoencoderFamily of(ConfigFile config) {
    return ConfiguredExtensions.of(
        AutoencoderFamily.class,
        AutoencoderFamily::recognises,
        config,
        "kind of autoencoder",
        "_class_name '" + config.text("_class_name", "") + "'");
  }
}
