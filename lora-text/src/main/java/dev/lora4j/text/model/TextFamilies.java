package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.spi.Extensions;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The families of language models that there are, with those that plug-ins bring. */
final class TextFamilies {
  private TextFamilies() {}

  /**
   * The family of a model.
   *
   * @throws ModelException if none knows it, or several claim it
   */
  static TextFamily of(ConfigFile config) {
    SortedMap<String, TextFamily> all = Extensions.installed().shared(TextFamily.class);
    List<String> names =
        all.entrySet().stream()
            .filter(e -> e.getValue().recognises(config))
            .map(Map.Entry::getKey)
            .toList();
    if (names.size() != 1) {
      String found = "model_type '" + config.text("model_type", "") + "'";
      throw new ModelException(
          names.isEmpty()
              ? config.file()
                  + ": no family of language models knows "
                  + found
                  + "; there are "
                  + String.join(", ", all.keySet())
                  + "."
              : config.file()
                  + ": "
                  + found
                  + " is claimed by "
                  + String.join(" and ", names)
                  + ".");
    }
    return Extensions.installed().shared(TextFamily.class, names.get(0));
  }
}
