package dev.lora4j.diffusion.autoencoder;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;

/**
 * A kind of autoencoder, known by the {@code config.json} in the folder {@code vae} of a base. An
 * extension point; implementations have no state and are used by several threads.
 */
public interface AutoencoderFamily {
  /**
   * True if the autoencoder of this configuration is of this kind, by its {@code _class_name}. No
   * two kinds may recognise the same configuration.
   */
  boolean recognises(ConfigFile config);

  /** Treatment of each field of the configuration; a base's notes name fields that are not here. */
  ConfigFields fields();

  /**
   * The autoencoder of this configuration.
   *
   * @throws ModelException if the configuration lacks a size, or has a setting that would change
   *     the mathematics and is not supported; names the file and the key
   */
  AutoencoderNetwork network(ConfigFile config);
}
