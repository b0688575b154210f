package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;

/**
 * A kind of denoiser, known by the {@code config.json} in the folder of one. An extension point;
 * implementations have no state and are used by several threads.
 */
public interface DenoiserFamily {
  /**
   * True if the denoiser of this configuration is of this kind, by its {@code _class_name}. No two
   * kinds may say so of the same.
   */
  boolean recognises(ConfigFile config);

  /**
   * The denoiser of this configuration.
   *
   * @throws ModelException if the configuration lacks a size, or says something that would change
   *     the mathematics and is not built; names the file and the key
   */
  DenoiserNetwork network(ConfigFile config);
}
