package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.spi.Extensions;
import dev.lora4j.diffusion.text.TextEncoderFamily;
import dev.lora4j.diffusion.text.TextNetwork;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The kinds of text encoders that there are, with those that plug-ins bring. */
final class TextEncoderFamilies {
  private TextEncoderFamilies() {}

  /**
   * The encoder of a configuration.
   *
   * @throws ModelException if no kind knows it, or several claim it
   */
  static TextNetwork network(ConfigFile config) {
    SortedMap<String, TextEncoderFamily> all =
        Extensions.installed().shared(TextEncoderFamily.class);
    List<String> names =
        all.entrySet().stream()
            .filter(e -> e.getValue().recognises(config))
            .map(Map.Entry::getKey)
            .toList();
    if (names.size() != 1) {
      throw new ModelException(
          config.file()
              + ": "
              + (names.isEmpty()
                  ? "no kind of text encoder knows "
                      + described(config)
                      + "; there are "
                      + known()
                      + "."
                  : described(config)
                      + " is claimed by the kinds of text encoders "
                      + String.join(" and ", names)
                      + "."));
    }
    return Extensions.installed().shared(TextEncoderFamily.class, names.get(0)).network(config);
  }

  /** What there is, with what each reads. */
  private static String known() {
    return Extensions.installed().list(TextEncoderFamily.class).stream()
        .map(each -> each.info().name() + " (" + each.info().help() + ")")
        .collect(Collectors.joining(", "));
  }

  private static String described(ConfigFile config) {
    return config.has("architectures")
        ? "architectures " + String.join(", ", config.texts("architectures"))
        : "model_type '" + config.text("model_type", "") + "'";
  }
}
