package dev.lora4j.studio.run;

import com.google.gson.JsonObject;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.source.TomlDepth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** The settings that a training has recorded, by the keys of run files. */
final class RecordedRun {
  private RecordedRun() {}

  /** All of them as texts; none if they cannot be read. */
  static JsonObject settings(Path file) {
    JsonObject settings = new JsonObject();
    try {
      String text = RegularFile.text(file, RegularFile.TEXT);
      if (TomlDepth.of(text) <= TomlDepth.MOST) {
        TomlParseResult parsed = Toml.parse(text);
        if (!parsed.hasErrors()) {
          add(settings, parsed, "");
        }
      }
    } catch (IOException e) {
      // There are none yet.
    }
    return settings;
  }

  /** True if they are those of a training on texts, by keys that one on pictures has not. */
  static boolean ofTexts(Path file) {
    JsonObject settings = settings(file);
    return settings.has("data") || settings.has("teachers");
  }

  private static void add(JsonObject settings, TomlTable table, String prefix) {
    for (String key : table.keySet()) {
      Object value = table.get(List.of(key));
      if (value instanceof TomlTable inner && !inner.isEmpty()) {
        add(settings, inner, prefix + key + ".");
      } else if (value instanceof TomlArray list) {
        settings.addProperty(prefix + key, list.toJson().replace("\n", ""));
      } else if (value != null && !(value instanceof TomlTable)) {
        settings.addProperty(prefix + key, String.valueOf(value));
      }
    }
  }
}
