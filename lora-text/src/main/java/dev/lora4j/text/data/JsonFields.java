package dev.lora4j.text.data;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import dev.lora4j.text.chat.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Values of the JSON objects in a file's lines; what is wrong with them is gathered.
 *
 * @param problems receives it
 */
record JsonFields(Path file, List<TextProblem> problems) {
  private static final Gson JSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  /** The object of a line; empty if the line is blank, or no object, which is then a problem. */
  Optional<JsonObject> object(int line, String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      if (JSON.fromJson(text, JsonElement.class) instanceof JsonObject object) {
        return Optional.of(object);
      } else {
        problem(line, "is no JSON object.");
      }
    } catch (JsonParseException e) {
      problem(line, "is no JSON: " + reason(String.valueOf(e.getMessage())));
    }
    return Optional.empty();
  }

  /** Removes the reader's own words: classes, options that nobody can set, and lines of one. */
  private static String reason(String message) {
    return message
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst("^([a-z]+\\.)+\\w+Exception: ", "")
        .replaceFirst(".*Use JsonReader.* to accept ", "")
        .replaceFirst(" at line 1 column (\\d+) path .*", " at its character $1.");
  }

  /** The text at a key; an empty one if there is none, which is then a problem. */
  String text(int line, JsonObject object, String key, boolean mayBeEmpty) {
    if (!(object.get(key) instanceof JsonPrimitive value) || !value.isString()) {
      problem(line, "has no text at '%s' but %s.".formatted(key, shown(object.get(key))));
      return "";
    }
    if (!mayBeEmpty && value.getAsString().isBlank()) {
      problem(line, "has an empty text at '" + key + "'.");
    }
    return value.getAsString();
  }

  /** The messages at a key; none if there are none, which is then a problem. */
  List<ChatMessage> messages(int line, JsonObject object, String key) {
    JsonElement value = object.get(key);
    List<ChatMessage> messages = new ArrayList<>();
    if (!(value instanceof JsonArray list) || list.isEmpty()) {
      problem(line, "has no list of messages at '" + key + "' but " + shown(value) + ".");
      return messages;
    }
    for (JsonElement each : list) {
      if (!(each instanceof JsonObject message)
          || !message.keySet().equals(Set.of("role", "content"))) {
        problem(line, "has a message that is not {\"role\", \"content\"}: " + shown(each) + ".");
        return messages;
      }
      String role = text(line, message, "role", false);
      String content = text(line, message, "content", !role.equals(ChatMessage.ASSISTANT));
      if (role.isBlank()) {
        return messages;
      }
      messages.add(new ChatMessage(role, content));
    }
    return messages;
  }

  /** A value in messages, shortened. */
  static String shown(JsonElement value) {
    String text = String.valueOf(value);
    return text.length() > 60 ? text.substring(0, 57) + "..." : text;
  }

  void problem(int line, String sentence) {
    problems.add(new TextProblem(file, line, sentence));
  }
}
