package dev.lora4j.text.data;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import dev.lora4j.spi.NearestNames;
import dev.lora4j.text.chat.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads the lines of a file of JSON objects, and gathers what is wrong with them. */
final class ExampleLines {
  private static final Gson JSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();
  private static final Set<String> KEYS =
      Arrays.stream(TextForm.values())
          .flatMap(form -> form.keys().stream())
          .collect(Collectors.toCollection(TreeSet::new));

  private final Path file;
  private final List<TextProblem> problems;
  private final List<TextExample> examples = new ArrayList<>();
  private final List<SourceLocation> places = new ArrayList<>();
  private Optional<TextForm> form = Optional.empty();
  private int formLine;

  ExampleLines(Path file, List<TextProblem> problems) {
    this.file = file;
    this.problems = problems;
  }

  List<TextExample> examples() {
    return examples;
  }

  /** Locations of the examples. */
  List<SourceLocation> places() {
    return places;
  }

  Optional<TextForm> form() {
    return form;
  }

  void read(int line, String text) {
    if (text.isBlank()) {
      return;
    }
    try {
      if (JSON.fromJson(text, JsonElement.class) instanceof JsonObject object) {
        readObject(line, object);
      } else {
        problem(line, "is no JSON object.");
      }
    } catch (JsonParseException e) {
      problem(line, "is no JSON: " + reason(String.valueOf(e.getMessage())));
    }
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

  private void readObject(int line, JsonObject object) {
    Set<String> keys = object.keySet();
    List<String> unknown = keys.stream().filter(key -> !KEYS.contains(key)).toList();
    for (String key : unknown) {
      List<String> near = NearestNames.near(key, KEYS, 1);
      String meant =
          near.isEmpty()
              ? "known are " + String.join(", ", new TreeSet<>(KEYS))
              : "nearest is '" + near.get(0) + "'";
      problem(line, "has the unknown key '%s'; %s.".formatted(key, meant));
    }
    if (!unknown.isEmpty()) {
      return;
    }
    Optional<TextForm> found = TextForm.of(keys);
    if (found.isEmpty()) {
      problem(
          line,
          "has the keys %s together, which are no form; a line is one of %s."
              .formatted(new TreeSet<>(keys), Arrays.toString(TextForm.values())));
      return;
    }
    if (form.isEmpty()) {
      form = found;
      formLine = line;
    } else if (form.get().read() != found.get().read()) {
      problem(
          line,
          "is of the form %s, line %d of the form %s; a data set has one."
              .formatted(found.get(), formLine, form.get()));
      return;
    }
    example(line, object, found.get());
  }

  private void example(int line, JsonObject object, TextForm kind) {
    int before = problems.size();
    TextExample example =
        switch (kind) {
          case TEXT -> new TextExample.Plain(text(line, object, "text", false));
          case COMPLETION ->
              new TextExample.Completion(
                  text(line, object, "prompt", true), text(line, object, "completion", false));
          case CHAT -> new TextExample.Chat(answers(line, object, "messages"));
          case LABELLED ->
              new TextExample.Labelled(text(line, object, "text", false), label(line, object));
          case PAIR ->
              new TextExample.Pair(
                  text(line, object, "input", false), text(line, object, "target", false));
          case SOURCE ->
              new TextExample.Pair(
                  text(line, object, "source", false), text(line, object, "target", false));
          case PREFERENCE, WHOLE_PREFERENCE -> preference(line, object);
        };
    if (problems.size() == before) {
      examples.add(example);
      places.add(new SourceLocation(file, line));
    }
  }

  private TextExample preference(int line, JsonObject object) {
    boolean asked = object.has("prompt");
    boolean chat = object.get("chosen") instanceof JsonArray;
    if (!chat) {
      String prompt = asked ? text(line, object, "prompt", true) : "";
      String chosen = text(line, object, "chosen", false);
      String rejected = text(line, object, "rejected", false);
      return whole(
          line,
          new TextExample.Preference(prompt, chosen, rejected),
          asked || chosen.isBlank() || rejected.isBlank(),
          () -> PreferenceLines.divided(chosen, rejected));
    }
    List<ChatMessage> prompt = asked ? messages(line, object, "prompt") : List.of();
    List<ChatMessage> chosen = answers(line, object, "chosen");
    List<ChatMessage> rejected = answers(line, object, "rejected");
    return whole(
        line,
        new TextExample.ChatPreference(prompt, chosen, rejected),
        asked || chosen.isEmpty() || rejected.isEmpty(),
        () -> PreferenceLines.divided(chosen, rejected));
  }

  private TextExample whole(
      int line, TextExample read, boolean divided, Supplier<? extends TextExample> dividing) {
    try {
      return divided ? read : dividing.get();
    } catch (IllegalArgumentException e) {
      problem(line, String.valueOf(e.getMessage()));
      return read;
    }
  }

  private String text(int line, JsonObject object, String key, boolean mayBeEmpty) {
    if (!(object.get(key) instanceof JsonPrimitive value) || !value.isString()) {
      problem(line, "has no text at '%s' but %s.".formatted(key, shown(object.get(key))));
      return "";
    }
    if (!mayBeEmpty && value.getAsString().isBlank()) {
      problem(line, "has an empty text at '" + key + "'.");
    }
    return value.getAsString();
  }

  private String label(int line, JsonObject object) {
    if (object.get("label") instanceof JsonPrimitive value && !value.getAsString().isBlank()) {
      return value.getAsString();
    }
    problem(
        line, "has neither a text nor a number at 'label' but " + shown(object.get("label")) + ".");
    return "";
  }

  /** Messages, one of which at least the model writes. */
  private List<ChatMessage> answers(int line, JsonObject object, String key) {
    List<ChatMessage> messages = messages(line, object, key);
    if (!messages.isEmpty()
        && messages.stream().noneMatch(message -> message.role().equals(ChatMessage.ASSISTANT))) {
      problem(
          line,
          "has no message of the role 'assistant' at '"
              + key
              + "', so nothing is learned from it.");
    }
    return messages;
  }

  private List<ChatMessage> messages(int line, JsonObject object, String key) {
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

  private static String shown(JsonElement value) {
    String text = String.valueOf(value);
    return text.length() > 60 ? text.substring(0, 57) + "..." : text;
  }

  private void problem(int line, String sentence) {
    problems.add(new TextProblem(file, line, sentence));
  }
}
