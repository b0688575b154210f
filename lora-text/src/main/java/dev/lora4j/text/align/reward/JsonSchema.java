package dev.lora4j.text.align.reward;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * JSON schema, draft 2020-12, of a part of its words: those of {@link SchemaRules} and {@code
 * allOf}, {@code anyOf}, {@code oneOf}, {@code not}, {@code $defs}, and {@code $ref} within the
 * document. A schema with another word is refused, so that none is passed over in silence; only
 * such as say nothing of values, like {@code title}, are.
 */
final class JsonSchema {
  private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";

  /** Words that require nothing. */
  private static final Set<String> REMARKS =
      Set.of(
          "$comment",
          "$defs",
          "$schema",
          "default",
          "definitions",
          "deprecated",
          "description",
          "examples",
          "readOnly",
          "title",
          "writeOnly");

  private final JsonElement document;
  private final Map<String, JsonRule> references = new HashMap<>();
  private final JsonRule rule;

  private JsonSchema(JsonElement document) {
    this.document = document;
    this.rule = rule(document, "#");
  }

  /**
   * The schema in a text.
   *
   * @throws IllegalArgumentException if it is no schema, or has words that are not understood
   */
  static JsonSchema of(String text) {
    JsonElement document =
        JsonValues.parse(text)
            .orElseThrow(() -> new IllegalArgumentException("The schema is no JSON."));
    JsonSchema schema = new JsonSchema(document);
    try {
      // Whatever is asked of a value itself is asked here, as no rule is left out after another.
      schema.holds(JsonNull.INSTANCE);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("The schema refers to itself without end.", e);
    }
    return schema;
  }

  boolean holds(JsonElement value) {
    return rule.holds(value);
  }

  /** The document in one line. */
  String text() {
    return document.toString();
  }

  /** The rule of a schema at a place. */
  private JsonRule rule(JsonElement schema, String at) {
    if (JsonValues.is(schema, "boolean")) {
      boolean all = schema.getAsBoolean();
      return value -> all;
    }
    if (!schema.isJsonObject()) {
      throw wrong(at, "must be an object, true or false");
    }
    List<JsonRule> rules = new ArrayList<>();
    JsonObject words = schema.getAsJsonObject();
    for (String word : words.keySet()) {
      Place place = new Place(words, at + "/" + word);
      keyword(word, words.get(word), place).ifPresent(rules::add);
    }
    return all(rules);
  }

  private Optional<JsonRule> keyword(String word, JsonElement value, Place place) {
    // A name of the whole document changes no reference within it.
    if (REMARKS.contains(word) || place.at().equals("#/$id")) {
      requireRemark(word, value, place.at());
      return Optional.empty();
    }
    return Optional.of(
        switch (word) {
          case "$ref" -> reference(value, place.at());
          case "allOf" -> all(rules(value, place.at()));
          case "anyOf" -> counted(rules(value, place.at()), 1, Integer.MAX_VALUE);
          case "oneOf" -> counted(rules(value, place.at()), 1, 1);
          case "not" -> not(rule(value, place.at()));
          default -> SchemaRules.of(word, value, place.schema(), this::rule, place.at());
        });
  }

  /**
   * Where a word stands.
   *
   * @param schema with the word and its neighbours
   */
  private record Place(JsonObject schema, String at) {}

  private void requireRemark(String word, JsonElement value, String at) {
    if (word.equals("$schema")
        && !(JsonValues.is(value, "string")
            && value.getAsString().replaceAll("#$", "").equals(DRAFT))) {
      throw wrong(at, "must be " + DRAFT + "; other drafts are not understood");
    }
    if (word.equals("$defs") || word.equals("definitions")) {
      if (!value.isJsonObject()) {
        throw wrong(at, "must be an object");
      }
      value.getAsJsonObject().asMap().forEach((name, schema) -> rule(schema, at + "/" + name));
    }
  }

  private List<JsonRule> rules(JsonElement value, String at) {
    if (!value.isJsonArray() || value.getAsJsonArray().isEmpty()) {
      throw wrong(at, "must be a list of schemas");
    }
    JsonArray schemas = value.getAsJsonArray();
    List<JsonRule> rules = new ArrayList<>();
    for (int i = 0; i < schemas.size(); i++) {
      rules.add(rule(schemas.get(i), at + "/" + i));
    }
    return rules;
  }

  /** The rule of another place of the document, which may be the one that refers to it. */
  private JsonRule reference(JsonElement value, String at) {
    String pointer = JsonValues.is(value, "string") ? value.getAsString() : "";
    if (!pointer.equals("#") && !pointer.startsWith("#/")) {
      throw wrong(at, "must begin with #/, found " + value + "; other documents are not read");
    }
    if (!references.containsKey(pointer)) {
      references.put(pointer, unfinished -> false);
      references.put(pointer, rule(target(pointer, at), pointer));
    }
    return found -> references.get(pointer).holds(found);
  }

  private JsonElement target(String pointer, String at) {
    JsonElement found = document;
    for (String step : pointer.length() < 2 ? new String[0] : pointer.substring(2).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      JsonElement next = found.isJsonObject() ? found.getAsJsonObject().get(name) : null;
      if (next == null) {
        throw wrong(at, "points to " + pointer + ", which is not there");
      }
      found = next;
    }
    return found;
  }

  private static JsonRule all(List<JsonRule> rules) {
    return counted(rules, rules.size(), Integer.MAX_VALUE);
  }

  private static JsonRule not(JsonRule rule) {
    return value -> !rule.holds(value);
  }

  /** Between so many of them hold. All are asked. */
  private static JsonRule counted(List<JsonRule> rules, int least, int most) {
    return value -> {
      long holding = rules.stream().filter(rule -> rule.holds(value)).count();
      return holding >= least && holding <= most;
    };
  }

  static IllegalArgumentException wrong(String at, String problem) {
    return new IllegalArgumentException("The schema's " + at + " " + problem + ".");
  }

  /** A word that is not understood. */
  static IllegalArgumentException unknown(String word, String at) {
    Set<String> known = new TreeSet<>(SchemaRules.WORDS);
    known.addAll(List.of("$ref", "allOf", "anyOf", "not", "oneOf"));
    return wrong(
        at,
        "is not understood: leave " + word + " out; understood are " + String.join(", ", known));
  }
}
