package dev.lora4j.diffusion.clip;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Special tokens and greatest length of a text, from {@code tokenizer_config.json}, {@code
 * special_tokens_map.json} and {@code added_tokens.json}: start, end and padding tokens, and tokens
 * that are never split. Files that are missing leave CLIP's own settings.
 */
final class ClipSpecialTokens {
  /** Bound above which a {@code model_max_length} means "none given". */
  private static final double NO_LENGTH = 1e6;

  private final Map<String, JsonObject> whole = new LinkedHashMap<>();
  private final Map<String, JsonObject> flags = new LinkedHashMap<>();
  private String start = ClipVocabulary.START;
  private String end = ClipVocabulary.END;
  private String pad = ClipVocabulary.END;
  private String unknown = ClipVocabulary.END;
  private int maxLength = ClipVocabulary.MAX_LENGTH;

  private ClipSpecialTokens() {}

  /** CLIP's own, padding with {@code pad}, found in texts as published tokenisers find them. */
  static ClipSpecialTokens padding(String pad, int maxLength) {
    ClipSpecialTokens tokens = new ClipSpecialTokens();
    JsonObject normalized = new JsonObject();
    normalized.addProperty("normalized", true);
    tokens.flags.put(ClipVocabulary.START, normalized);
    tokens.flags.put(ClipVocabulary.END, normalized);
    tokens.flags.remove(pad); // named again as a plain word, and the last mention counts
    tokens.pad = pad;
    tokens.maxLength = maxLength;
    return tokens;
  }

  /** Reads a {@code tokenizer/} folder. */
  static ClipSpecialTokens read(Path folder) throws IOException {
    JsonObject added = object(folder.resolve("added_tokens.json"));
    JsonObject map = object(folder.resolve("special_tokens_map.json"));
    JsonObject config = object(folder.resolve("tokenizer_config.json"));
    for (String side : new String[] {"padding_side", "truncation_side"}) {
      JsonElement value = config.get(side);
      if (value != null && !value.isJsonNull() && !value.getAsString().equals("right")) {
        throw new ClipTokenizerException(
            folder + ": '" + side + "' is " + value.getAsString() + "; only right can be read.");
      }
    }
    ClipSpecialTokens tokens = new ClipSpecialTokens();
    try {
      for (Map.Entry<String, JsonElement> entry : added.entrySet()) {
        tokens.add(entry.getKey(), entry.getValue().getAsInt(), null);
      }
      if (config.get("added_tokens_decoder") instanceof JsonObject decoder) {
        for (Map.Entry<String, JsonElement> entry : decoder.entrySet()) {
          JsonObject fields = entry.getValue().getAsJsonObject();
          int id = Integer.parseInt(entry.getKey());
          tokens.add(fields.get("content").getAsString(), id, fields);
        }
      }
      for (JsonObject source : new JsonObject[] {map, config}) { // the latter wins
        tokens.start = tokens.name(source, "bos_token", tokens.start);
        tokens.end = tokens.name(source, "eos_token", tokens.end);
        tokens.unknown = tokens.name(source, "unk_token", tokens.unknown);
        tokens.pad = tokens.name(source, "pad_token", tokens.pad);
      }
      double length = tokens.maxLength;
      if (config.has("model_max_length")) {
        length = config.get("model_max_length").getAsDouble();
      }
      if (!(length >= 2)) {
        throw new ClipTokenizerException(
            folder + ": model_max_length " + length + " leaves no place for start and end");
      }
      tokens.maxLength = length > NO_LENGTH ? ClipVocabulary.MAX_LENGTH : (int) length;
    } catch (IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | NullPointerException e) {
      throw new ClipTokenizerException(
          "%s holds special tokens in an unknown form: %s".formatted(folder, e.getMessage()), e);
    }
    return tokens;
  }

  String start() {
    return start;
  }

  String end() {
    return end;
  }

  String pad() {
    return pad;
  }

  String unknown() {
    return unknown;
  }

  int maxLength() {
    return maxLength;
  }

  /**
   * The tokens that are found in a text before anything is split, for {@code tokenizer.json}: what
   * the folder lists, and the special ones.
   *
   * @param ids the vocabulary
   */
  JsonArray addedTokens(Map<String, Integer> ids) {
    for (String token : new String[] {start, end, unknown, pad}) {
      Integer id = ids.get(token);
      if (id != null && !whole.containsKey(token)) {
        add(token, id, null);
      } else if (id == null && !whole.containsKey(token)) {
        throw new ClipTokenizerException("the vocabulary lacks the special token '" + token + "'");
      }
    }
    JsonArray array = new JsonArray();
    whole.values().stream()
        .sorted((a, b) -> Integer.compare(a.get("id").getAsInt(), b.get("id").getAsInt()))
        .forEach(array::add);
    return array;
  }

  private String name(JsonObject source, String key, String otherwise) {
    JsonElement value = source.get(key);
    if (value == null || value.isJsonNull()) {
      return otherwise;
    }
    if (value.isJsonObject()) {
      String content = value.getAsJsonObject().get("content").getAsString();
      flags.put(content, value.getAsJsonObject());
      return content;
    }
    flags.remove(value.getAsString()); // the last mention of a token counts, as in transformers
    return value.getAsString();
  }

  private void add(String content, int id, @Nullable JsonObject fields) {
    JsonObject given = fields == null ? flags.getOrDefault(content, new JsonObject()) : fields;
    JsonObject token = new JsonObject();
    token.addProperty("id", id);
    token.addProperty("content", content);
    for (String flag : new String[] {"single_word", "lstrip", "rstrip", "normalized"}) {
      JsonElement value = given.get(flag);
      token.addProperty(flag, value != null && value.getAsBoolean());
    }
    token.addProperty("special", true);
    whole.put(content, token);
  }

  private static JsonObject object(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new JsonObject();
    }
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.VOCABULARY))
          .getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new ClipTokenizerException(file + " is no JSON object: " + e.getMessage(), e);
    }
  }
}
