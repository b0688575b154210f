package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.Optional;

/**
 * A kind of denoiser, known by the {@code config.json} in the folder of one. An extension point;
 * implementations have no state and are used by several threads.
 */
public interface DenoiserFamily {
  /**
   * True if the denoiser of this configuration is of this kind, by its {@code _class_name}. No two
   * kinds may recognise the same configuration.
   */
  boolean recognises(ConfigFile config);

  /**
   * Treatment of each field of its configurations; a base's notes name fields that are not here.
   * Empty if it keeps no such account.
   */
  default Optional<ConfigFields> treatment() {
    return Optional.empty();
  }

  /**
   * The denoiser of this configuration.
   *
   * @throws ModelException if the configuration lacks a size, or has a setting that would change
   *     the mathematics and is not supported; names the file and the key
   */
  DenoiserNetwork network(ConfigFile config);
}
