package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.ModelException;

/** The families of language models that there are, with those that plug-ins bring. */
final class TextFamilies {
  private TextFamilies() {}

  /**
   * The family of a model.
   *
   * @throws ModelException if none knows it, or several claim it
   */
  static TextFamily of(ConfigFile config) {
    return ConfiguredExtensions.of(
        TextFamily.class,
        TextFamily::recognises,
        config,
        "family of language models",
        "model_type '" + config.text("model_type", "") + "'");
  }
}
