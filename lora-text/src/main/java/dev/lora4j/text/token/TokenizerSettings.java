package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings beside a vocabulary: {@code tokenizer_config.json}, {@code special_tokens_map.json},
 * {@code added_tokens.json}, {@code generation_config.json} and chat templates.
 *
 * @param config all of {@code tokenizer_config.json}
 * @param names text of each special token by its key, such as {@code eos_token}
 * @param added tokens that the folder lists beside the vocabulary
 * @param ends ids of {@code eos_token_id} in {@code generation_config.json}
 * @param templates chat templates by name; the usual one is {@code default}
 */
record TokenizerSettings(
    JsonObject config,
    Map<String, String> names,
    List<AddedToken> added,
    List<Integer> ends,
    Map<String, String> templates) {
  /** Bound above which a {@code model_max_length} means "none". */
  private static final double NO_LENGTH = 1e9;

  private static final List<String> KEYS =
      List.of(
          "bos_token",
          "eos_token",
          "pad_token",
          "unk_token",
          "cls_token",
          "sep_token",
          "mask_token");

  static TokenizerSettings read(Path folder) throws IOException {
    JsonObject config = JsonFiles.objectOrEmpty(folder.resolve("tokenizer_config.json"));
    JsonObject map = JsonFiles.objectOrEmpty(folder.resolve("special_tokens_map.json"));
    JsonObject added = JsonFiles.objectOrEmpty(folder.resolve("added_tokens.json"));
    JsonObject generation = JsonFiles.objectOrEmpty(folder.resolve("generation_config.json"));
    try {
      return new TokenizerSettings(
          config,
          names(map, config),
          added(added, config),
          ends(generation.get("eos_token_id")),
          templates(folder, config.get("chat_template")));
    } catch (IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | NullPointerException e) {
      throw new TokenizerException(
          folder, "has settings of a tokeniser in an unknown form: " + e.getMessage(), e);
    }
  }

  /** Greatest number of tokens that the model was made for, if the folder has it. */
  Optional<Integer> maxLength() {
    if (config.get("model_max_length") instanceof JsonPrimitive value && value.isNumber()) {
      double length = value.getAsDouble();
      return length >= 1 && length < NO_LENGTH ? Optional.of((int) length) : Optional.empty();
    }
    return Optional.empty();
  }

  /** The name of the class in transformers without {@code Fast}; empty if none is named. */
  String kind() {
    return text("tokenizer_class").orElse("").replaceFirst("Fast$", "");
  }

  /** A text of the configuration. */
  Optional<String> text(String key) {
    return config.get(key) instanceof JsonPrimitive value && value.isString()
        ? Optional.of(value.getAsString())
        : Optional.empty();
  }

  /** A switch of the configuration, if it is there. */
  Optional<Boolean> flag(String key) {
    return config.get(key) instanceof JsonPrimitive value && value.isBoolean()
        ? Optional.of(value.getAsBoolean())
        : Optional.empty();
  }

  private static Map<String, String> names(JsonObject map, JsonObject config) {
    Map<String, String> names = new LinkedHashMap<>();
    for (JsonObject source : List.of(map, config)) { // the latter wins
      for (String key : KEYS) {
        JsonElement value = source.get(key);
        if (value != null && !value.isJsonNull()) {
          names.put(key, AddedToken.contentOf(value));
        }
      }
    }
    return names;
  }

  private static List<AddedToken> added(JsonObject added, JsonObject config) {
    Map<Integer, AddedToken> tokens = new LinkedHashMap<>();
    added
        .entrySet()
        .forEach(
            entry -> {
              int id = entry.getValue().getAsInt();
              tokens.put(id, AddedToken.special(id, entry.getKey()));
            });
    if (config.get("added_tokens_decoder") instanceof JsonObject decoder) {
      for (Map.Entry<String, JsonElement> entry : decoder.entrySet()) {
        int id = Integer.parseInt(entry.getKey());
        tokens.put(id, AddedToken.read(id, entry.getValue().getAsJsonObject()));
      }
    }
    return List.copyOf(tokens.values());
  }

  /** The ids of an {@code eos_token_id}, which is a number or a list. */
  static List<Integer> ends(@Nullable JsonElement value) {
    List<Integer> ends = new ArrayList<>();
    if (value instanceof JsonArray list) {
      list.forEach(id -> ends.add(id.getAsInt()));
    } else if (value instanceof JsonPrimitive one) {
      ends.add(one.getAsInt());
    }
    return ends;
  }

  private static Map<String, String> templates(Path folder, @Nullable JsonElement value)
      throws IOException {
    Map<String, String> templates = new LinkedHashMap<>();
    if (value instanceof JsonPrimitive one) {
      templates.put("default", one.getAsString());
    } else if (value instanceof JsonArray named) {
      for (JsonElement entry : named) {
        JsonObject fields = entry.getAsJsonObject();
        templates.put(fields.get("name").getAsString(), fields.get("template").getAsString());
      }
    }
    Path file = folder.resolve("chat_template.jinja"); // wins over the configuration
    if (Files.exists(file)) {
      templates.put("default", RegularFile.text(file, RegularFile.TEXT));
    }
    Path more = folder.resolve("additional_chat_templates");
    if (Files.isDirectory(more)) {
      try (Stream<Path> files = Files.list(more)) {
        for (Path each : files.sorted().toList()) {
          String name = String.valueOf(each.getFileName());
          if (name.endsWith(".jinja")) {
            templates.put(
                name.substring(0, name.length() - 6), RegularFile.text(each, RegularFile.TEXT));
          }
        }
      }
    }
    return templates;
  }
}
