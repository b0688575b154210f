package dev.lora4j.text.align.reward;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Rules that single words of a {@link JsonSchema} stand for. */
final class SchemaRules {
  /** The words. */
  static final Set<String> WORDS =
      Set.of(
          "additionalProperties",
          "const",
          "enum",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "items",
          "maxItems",
          "maxLength",
          "maxProperties",
          "maximum",
          "minItems",
          "minLength",
          "minProperties",
          "minimum",
          "multipleOf",
          "pattern",
          "patternProperties",
          "prefixItems",
          "properties",
          "required",
          "type",
          "uniqueItems");

  private static final Set<String> TYPES =
      Set.of("array", "boolean", "integer", "null", "number", "object", "string");

  private final String at;
  private final BiFunction<JsonElement, String, JsonRule> schemas;

  private SchemaRules(String at, BiFunction<JsonElement, String, JsonRule> schemas) {
    this.at = at;
    this.schemas = schemas;
  }

  /**
   * The rule of a word.
   *
   * @param value of the word
   * @param schema with the word and those beside it
   * @param schemas rules of schemas within, at their places
   * @param at place of the word
   * @throws IllegalArgumentException if the word is not understood or its value is wrong
   */
  static JsonRule of(
      String word,
      JsonElement value,
      JsonObject schema,
      BiFunction<JsonElement, String, JsonRule> schemas,
      String at) {
    SchemaRules rules = new SchemaRules(at, schemas);
    return switch (word) {
      case "type" -> rules.types(value);
      case "const" -> found -> JsonValues.same(value, found);
      case "enum" -> rules.oneOf(rules.list(value));
      case "minimum" -> rules.number(value, order -> order >= 0);
      case "maximum" -> rules.number(value, order -> order <= 0);
      case "exclusiveMinimum" -> rules.number(value, order -> order > 0);
      case "exclusiveMaximum" -> rules.number(value, order -> order < 0);
      case "multipleOf" -> rules.multiple(value);
      case "minLength" -> rules.atLeast(value, "string", SchemaRules::characters);
      case "maxLength" -> rules.atMost(value, "string", SchemaRules::characters);
      case "pattern" -> rules.pattern(value);
      case "minItems" -> rules.atLeast(value, "array", a -> a.getAsJsonArray().size());
      case "maxItems" -> rules.atMost(value, "array", a -> a.getAsJsonArray().size());
      case "uniqueItems" -> rules.unique(value);
      case "prefixItems" -> rules.first(rules.list(value));
      case "items" -> rules.rest(value, schema);
      case "minProperties" -> rules.atLeast(value, "object", o -> o.getAsJsonObject().size());
      case "maxProperties" -> rules.atMost(value, "object", o -> o.getAsJsonObject().size());
      case "required" -> rules.required(rules.list(value));
      case "properties" -> rules.properties(rules.object(value));
      case "patternProperties" -> rules.patterns(rules.object(value));
      case "additionalProperties" -> rules.additional(value, schema);
      default -> throw JsonSchema.unknown(word, at);
    };
  }

  private JsonRule types(JsonElement value) {
    List<String> types = new ArrayList<>();
    for (JsonElement type : value.isJsonArray() ? value.getAsJsonArray() : listOf(value)) {
      types.add(text(type));
    }
    if (types.isEmpty() || !TYPES.containsAll(types)) {
      throw JsonSchema.wrong(at, "must be of " + TYPES.stream().sorted().toList());
    }
    return found -> types.stream().anyMatch(type -> JsonValues.is(found, type));
  }

  private JsonRule oneOf(JsonArray values) {
    return found -> values.asList().stream().anyMatch(one -> JsonValues.same(one, found));
  }

  private JsonRule number(JsonElement value, IntPredicate order) {
    BigDecimal bound = number(value);
    return only(
        "number",
        f -> JsonValues.number(f).filter(n -> order.test(n.compareTo(bound))).isPresent());
  }

  private JsonRule multiple(JsonElement value) {
    BigDecimal unit = number(value);
    if (unit.signum() <= 0) {
      throw JsonSchema.wrong(at, "must be above 0");
    }
    return only(
        "number",
        f -> JsonValues.number(f).filter(n -> n.remainder(unit).signum() == 0).isPresent());
  }

  private JsonRule atLeast(JsonElement value, String type, ToIntFunction<JsonElement> size) {
    int least = count(value);
    return only(type, found -> size.applyAsInt(found) >= least);
  }

  private JsonRule atMost(JsonElement value, String type, ToIntFunction<JsonElement> size) {
    int most = count(value);
    return only(type, found -> size.applyAsInt(found) <= most);
  }

  private JsonRule pattern(JsonElement value) {
    Pattern pattern = compiled(text(value));
    return only("string", found -> matches(pattern, found.getAsString()));
  }

  private JsonRule unique(JsonElement value) {
    if (!JsonValues.is(value, "boolean")) {
      throw JsonSchema.wrong(at, "must be true or false");
    }
    boolean unique = value.getAsBoolean();
    return only("array", found -> !unique || different(found.getAsJsonArray().asList()));
  }

  private static boolean different(List<JsonElement> values) {
    for (int i = 0; i < values.size(); i++) {
      JsonElement one = values.get(i);
      if (values.subList(0, i).stream().anyMatch(other -> JsonValues.same(one, other))) {
        return false;
      }
    }
    return true;
  }

  private JsonRule first(JsonArray each) {
    List<JsonRule> rules = new ArrayList<>();
    for (JsonElement schema : each) {
      rules.add(schemas.apply(schema, at + "/" + rules.size()));
    }
    return only(
        "array",
        found -> {
          List<JsonElement> items = found.getAsJsonArray().asList();
          boolean hold = true;
          for (int i = 0; i < Math.min(rules.size(), items.size()); i++) {
            hold &= rules.get(i).holds(items.get(i));
          }
          return hold;
        });
  }

  private JsonRule rest(JsonElement value, JsonObject schema) {
    JsonRule rule = schemas.apply(value, at);
    JsonElement before = schema.get("prefixItems");
    long skipped = before == null ? 0 : list(before).size();
    return only(
        "array",
        found -> found.getAsJsonArray().asList().stream().skip(skipped).allMatch(rule::holds));
  }

  private JsonRule required(JsonArray names) {
    List<String> all = names.asList().stream().map(this::text).toList();
    return only("object", found -> all.stream().allMatch(found.getAsJsonObject()::has));
  }

  private JsonRule properties(JsonObject each) {
    Map<String, JsonRule> rules = new LinkedHashMap<>();
    each.asMap().forEach((name, s) -> rules.put(name, schemas.apply(s, at + "/" + name)));
    return members((name, value) -> !rules.containsKey(name) || rules.get(name).holds(value));
  }

  private JsonRule patterns(JsonObject each) {
    Map<Pattern, JsonRule> rules = new LinkedHashMap<>();
    each.asMap().forEach((p, s) -> rules.put(compiled(p), schemas.apply(s, at + "/" + p)));
    return members(
        (name, value) ->
            rules.entrySet().stream()
                .allMatch(rule -> !matches(rule.getKey(), name) || rule.getValue().holds(value)));
  }

  private JsonRule additional(JsonElement value, JsonObject schema) {
    JsonRule rule = schemas.apply(value, at);
    Set<String> named = names(schema, "properties");
    List<Pattern> patterns =
        names(schema, "patternProperties").stream().map(this::compiled).toList();
    return members(
        (name, member) ->
            named.contains(name)
                || patterns.stream().anyMatch(pattern -> matches(pattern, name))
                || rule.holds(member));
  }

  private Set<String> names(JsonObject schema, String word) {
    JsonElement found = schema.get(word);
    return found == null ? Set.of() : object(found).keySet();
  }

  private static JsonRule members(BiFunction<String, JsonElement, Boolean> rule) {
    return only(
        "object",
        found ->
            found.getAsJsonObject().entrySet().stream()
                .allMatch(member -> rule.apply(member.getKey(), member.getValue())));
  }

  /** A rule that values of other types meet. */
  private static JsonRule only(String type, Predicate<JsonElement> rule) {
    return found -> !JsonValues.is(found, type) || rule.test(found);
  }

  private static boolean matches(Pattern pattern, String text) {
    return pattern.matcher(new InterruptibleText(text)).find();
  }

  private static int characters(JsonElement text) {
    return text.getAsString().codePointCount(0, text.getAsString().length());
  }

  private Pattern compiled(String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw JsonSchema.wrong(at, "has no regular expression: " + e.getMessage());
    }
  }

  private String text(JsonElement value) {
    if (!JsonValues.is(value, "string")) {
      throw JsonSchema.wrong(at, "must be of texts, found " + value);
    }
    return value.getAsString();
  }

  private BigDecimal number(JsonElement value) {
    return JsonValues.number(value)
        .orElseThrow(() -> JsonSchema.wrong(at, "must be a number, found " + value));
  }

  private int count(JsonElement value) {
    try {
      int count = number(value).intValueExact();
      if (count >= 0) {
        return count;
      }
    } catch (ArithmeticException e) {
      // Told below.
    }
    throw JsonSchema.wrong(at, "must be a whole number from 0, found " + value);
  }

  private JsonArray list(JsonElement value) {
    if (!value.isJsonArray()) {
      throw JsonSchema.wrong(at, "must be a list");
    }
    return value.getAsJsonArray();
  }

  private static JsonArray listOf(JsonElement value) {
    JsonArray one = new JsonArray();
    one.add(value);
    return one;
  }

  private JsonObject object(JsonElement value) {
    if (!value.isJsonObject()) {
      throw JsonSchema.wrong(at, "must be an object");
    }
    return value.getAsJsonObject();
  }
}
