package dev.lora4j.text.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.spi.NearestNames;
import dev.lora4j.text.chat.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Reads the lines of a file of JSON objects, and gathers what is wrong with them. */
final class ExampleLines {
  private static final Set<String> KEYS =
      Arrays.stream(TextForm.values())
          .flatMap(form -> form.keys().stream())
          .collect(Collectors.toCollection(TreeSet::new));

  private static final String MARGIN = "margin";

  private final JsonFields fields;
  private final List<TextExample> examples = new ArrayList<>();
  private final List<SourceLocation> places = new ArrayList<>();
  private Optional<TextForm> form = Optional.empty();
  private int formLine;

  ExampleLines(Path file, List<TextProblem> problems) {
    this.fields = new JsonFields(file, problems);
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
    fields.object(line, text).ifPresent(object -> readObject(line, object));
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
      fields.problem(line, "has the unknown key '%s'; %s.".formatted(key, meant));
    }
    if (!unknown.isEmpty()) {
      return;
    }
    Optional<TextForm> found = TextForm.of(keys);
    if (found.isEmpty()) {
      fields.problem(
          line,
          "has the keys %s together, which are no form; a line is one of %s."
              .formatted(new TreeSet<>(keys), Arrays.toString(TextForm.values())));
      return;
    }
    if (form.isEmpty()) {
      form = found;
      formLine = line;
    } else if (form.get().read() != found.get().read()) {
      fields.problem(
          line,
          "is of the form %s, line %d of the form %s; a data set has one."
              .formatted(found.get(), formLine, form.get()));
      return;
    }
    example(line, object, found.get());
  }

  private void example(int line, JsonObject object, TextForm kind) {
    int before = fields.problems().size();
    TextExample example =
        switch (kind) {
          case TEXT -> new TextExample.Plain(fields.text(line, object, "text", false));
          case COMPLETION ->
              new TextExample.Completion(
                  fields.text(line, object, "prompt", true),
                  fields.text(line, object, "completion", false));
          case CHAT -> new TextExample.Chat(answers(line, object, "messages"));
          case LABELLED ->
              new TextExample.Labelled(
                  fields.text(line, object, "text", false), label(line, object));
          case PAIR ->
              new TextExample.Pair(
                  fields.text(line, object, "input", false),
                  fields.text(line, object, "target", false));
          case SOURCE ->
              new TextExample.Pair(
                  fields.text(line, object, "source", false),
                  fields.text(line, object, "target", false));
          case PREFERENCE, WHOLE_PREFERENCE, MARGIN_PREFERENCE, WHOLE_MARGIN_PREFERENCE ->
              preference(line, object);
          case JUDGED -> judged(line, object);
          case MATCH, NEGATIVE_MATCH -> match(line, object, "anchor", "positive");
          case QUERY_MATCH, QUERY_NEGATIVE_MATCH -> match(line, object, "query", "positive");
          case TAGGED -> tagged(line, object, "tokens", "tags");
          case NAMES_TAGGED -> tagged(line, object, "tokens", "ner_tags");
          case WORDS_TAGGED -> tagged(line, object, "words", "labels");
          case ANSWER_MATCH -> match(line, object, "question", "answer");
        };
    if (fields.problems().size() == before) {
      examples.add(example);
      places.add(new SourceLocation(fields.file(), line));
    }
  }

  private TextExample tagged(int line, JsonObject object, String words, String tags) {
    List<String> read = list(line, object, words, false);
    List<String> classes = list(line, object, tags, true);
    boolean lists = object.get(words) instanceof JsonArray && object.get(tags) instanceof JsonArray;
    if (lists && read.size() != classes.size()) {
      fields.problem(
          line,
          "has %d texts at '%s' and %d classes at '%s'; each text has one."
              .formatted(read.size(), words, classes.size(), tags));
    } else if (lists && read.isEmpty()) {
      fields.problem(line, "has an empty list at '" + words + "'.");
    }
    return new TextExample.Tagged(read, classes);
  }

  /** Texts of a list, none of them blank; or numbers too. */
  private List<String> list(int line, JsonObject object, String key, boolean numbers) {
    List<String> all = new ArrayList<>();
    if (!(object.get(key) instanceof JsonArray list)) {
      fields.problem(
          line, "has no list at '" + key + "' but " + JsonFields.shown(object.get(key)) + ".");
      return all;
    }
    for (JsonElement each : list) {
      boolean fits =
          each instanceof JsonPrimitive one
              && (one.isString() || (numbers && one.isNumber()))
              && !one.getAsString().isBlank();
      if (!fits) {
        fields.problem(
            line, "has no text in its list '" + key + "' but " + JsonFields.shown(each) + ".");
      }
      all.add(fits ? each.getAsString() : "");
    }
    return all;
  }

  private TextExample match(int line, JsonObject object, String anchor, String positive) {
    String negative = "negative";
    List<String> negatives = new ArrayList<>();
    if (object.get(negative) instanceof JsonArray) {
      negatives.addAll(list(line, object, negative, false));
    } else if (object.has(negative)) {
      negatives.add(fields.text(line, object, negative, false));
    }
    TextExample.Match match =
        new TextExample.Match(
            fields.text(line, object, anchor, false),
            fields.text(line, object, positive, false),
            negatives);
    if (negatives.contains(match.positive())) {
      fields.problem(line, "has the same text at '" + positive + "' and '" + negative + "'.");
    }
    return match;
  }

  private TextExample judged(int line, JsonObject object) {
    boolean good =
        object.get("label") instanceof JsonPrimitive value
            && value.isBoolean()
            && value.getAsBoolean();
    if (!(object.get("label") instanceof JsonPrimitive value && value.isBoolean())) {
      fields.problem(
          line,
          "has neither true nor false at 'label' but "
              + JsonFields.shown(object.get("label"))
              + ".");
    }
    if (object.get("completion") instanceof JsonArray) {
      return new TextExample.ChatJudged(
          fields.messages(line, object, "prompt"), answers(line, object, "completion"), good);
    }
    return new TextExample.Judged(
        fields.text(line, object, "prompt", true),
        fields.text(line, object, "completion", false),
        good);
  }

  private TextExample preference(int line, JsonObject object) {
    boolean asked = object.has("prompt");
    boolean chat = object.get("chosen") instanceof JsonArray;
    OptionalDouble margin = object.has(MARGIN) ? margin(line, object) : OptionalDouble.empty();
    if (!chat) {
      String prompt = asked ? fields.text(line, object, "prompt", true) : "";
      String chosen = fields.text(line, object, "chosen", false);
      String rejected = fields.text(line, object, "rejected", false);
      return whole(
          line,
          new TextExample.Preference(prompt, chosen, rejected, margin),
          asked || chosen.isBlank() || rejected.isBlank(),
          () -> PreferenceLines.divided(chosen, rejected, margin));
    }
    List<ChatMessage> prompt = asked ? fields.messages(line, object, "prompt") : List.of();
    List<ChatMessage> chosen = answers(line, object, "chosen");
    List<ChatMessage> rejected = answers(line, object, "rejected");
    return whole(
        line,
        new TextExample.ChatPreference(prompt, chosen, rejected, margin),
        asked || chosen.isEmpty() || rejected.isEmpty(),
        () -> PreferenceLines.divided(chosen, rejected, margin));
  }

  private OptionalDouble margin(int line, JsonObject object) {
    if (object.get(MARGIN) instanceof JsonPrimitive value
        && value.isNumber()
        && Double.isFinite(value.getAsDouble())) {
      return OptionalDouble.of(value.getAsDouble());
    }
    fields.problem(
        line,
        "has no number at '" + MARGIN + "' but " + JsonFields.shown(object.get(MARGIN)) + ".");
    return OptionalDouble.empty();
  }

  private TextExample whole(
      int line, TextExample read, boolean divided, Supplier<? extends TextExample> dividing) {
    try {
      return divided ? read : dividing.get();
    } catch (IllegalArgumentException e) {
      fields.problem(line, String.valueOf(e.getMessage()));
      return read;
    }
  }

  private String label(int line, JsonObject object) {
    if (object.get("label") instanceof JsonPrimitive value && !value.getAsString().isBlank()) {
      return value.getAsString();
    }
    fields.problem(
        line,
        "has neither a text nor a number at 'label' but "
            + JsonFields.shown(object.get("label"))
            + ".");
    return "";
  }

  /** Messages, one of which at least the model writes. */
  private List<ChatMessage> answers(int line, JsonObject object, String key) {
    List<ChatMessage> messages = fields.messages(line, object, key);
    if (!messages.isEmpty()
        && messages.stream().noneMatch(message -> message.role().equals(ChatMessage.ASSISTANT))) {
      fields.problem(
          line,
          "has no message of the role 'assistant' at '"
              + key
              + "', so nothing is learned from it.");
    }
    return messages;
  }
}
