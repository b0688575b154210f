package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;

/** The kinds of text encoders that there are, with those that plug-ins bring. */
final class TextEncoderFamilies {
  private TextEncoderFamilies() {}

  /**
   * The encoder of a configuration.
   *
   * @throws ModelException if no kind knows it, or several claim it
   */
  static TextEncoderNetwork network(ConfigFile config) {
    return ConfiguredExtensions.of(
            TextEncoderFamily.class,
            TextEncoderFamily::recognises,
            config,
            "kind of text encoder",
            described(config))
        .network(config);
  }

  private static String described(ConfigFile config) {
    return config.has("architectures")
        ? "architectures " + String.join(", ", config.texts("architectures"))
        : "model_type '" + config.text("model_type", "") + "'";
  }
}
