package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Optional;

/** The kinds of denoisers that there are, with those that plug-ins bring. */
final class DenoiserFamilies {
  private DenoiserFamilies() {}

  /**
   * The denoiser of a configuration.
   *
   * @throws ModelException if no kind knows it, or several claim it
   */
  static DenoiserNetwork network(ConfigFile config) {
    return of(config).network(config);
  }

  /** Treatment of each field of a configuration; empty if its kind keeps no account of them. */
  static Optional<ConfigFields> treatment(ConfigFile config) {
    return of(config).treatment();
  }

  private static DenoiserFamily of(ConfigFile config) {
    return ConfiguredExtensions.of(
        DenoiserFamily.class,
        DenoiserFamily::recognises,
        config,
        "kind of denoiser",
        "_class_name '" + config.text("_class_name", "") + "'");
  }
}
