package dev.lora4j.core.model.text;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;

/**
 * A kind of text encoder, known by the {@code config.json} in the folder of one. An extension
 * point; implementations have no state and are used by several threads.
 */
public interface TextEncoderFamily {
  /**
   * True if the encoder of this configuration is of this kind, by its {@code architectures} or its
   * {@code model_type}. No two kinds may recognise the same configuration.
   */
  boolean recognises(ConfigFile config);

  /**
   * The encoder of this configuration.
   *
   * @throws ModelException if the configuration lacks a size, or has a setting that would change
   *     the mathematics and is not supported; names the file and the key
   */
  TextEncoderNetwork network(ConfigFile config);
}
