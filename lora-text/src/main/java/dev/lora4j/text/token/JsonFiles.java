package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reading the JSON files of a tokeniser, and the parts that its descriptions are made of. */
final class JsonFiles {
  private JsonFiles() {}

  /** The object in a file. */
  static JsonObject object(Path file) throws IOException {
    try {
      return JsonParser.parseString(RegularFile.text(file, RegularFile.VOCABULARY))
          .getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new TokenizerException(file, "is no JSON object: " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file, "is not UTF-8.", e);
    }
  }

  /** The object in a file, an empty one if there is no such file. */
  static JsonObject objectOrEmpty(Path file) throws IOException {
    return Files.exists(file) ? object(file) : new JsonObject();
  }

  /** A step of a description. */
  static JsonObject typed(String type) {
    JsonObject object = new JsonObject();
    object.addProperty("type", type);
    return object;
  }

  /** Steps that follow each other. */
  static JsonObject sequence(String member, JsonElement... steps) {
    JsonArray array = new JsonArray();
    for (JsonElement step : steps) {
      array.add(step);
    }
    JsonObject sequence = typed("Sequence");
    sequence.add(member, array);
    return sequence;
  }

  /** A step that puts {@code content} in the place of {@code found}. */
  static JsonObject replace(String kind, String found, String content) {
    JsonObject pattern = new JsonObject();
    pattern.addProperty(kind, found);
    JsonObject step = typed("Replace");
    step.add("pattern", pattern);
    step.addProperty("content", content);
    return step;
  }
}
