package dev.lora4j.text.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Small templates against Jinja itself ({@code src/test/golden/jinja_snippets.py}): the same text,
 * and a stop where it stops.
 */
class SnippetsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/chat-templates/snippets.json");
  private static final String STOPS = "an error";

  private static Object value(JsonElement json) {
    if (json instanceof JsonArray list) {
      List<Object> values = new ArrayList<>();
      list.forEach(each -> values.add(value(each)));
      return values;
    } else if (json instanceof JsonObject object) {
      Map<Object, Object> values = new LinkedHashMap<>();
      object.entrySet().forEach(each -> values.put(each.getKey(), value(each.getValue())));
      return values;
    } else if (!(json instanceof JsonPrimitive simple)) {
      return JinjaTemplate.none();
    } else if (simple.isBoolean()) {
      return simple.getAsBoolean();
    } else if (simple.isString()) {
      return simple.getAsString();
    }
    String number = json.getAsString();
    return number.contains(".") ? (Object) json.getAsDouble() : (Object) json.getAsLong();
  }

  private static String made(String template, JsonObject values) {
    Map<String, Object> given = new HashMap<>();
    values.entrySet().forEach(each -> given.put(each.getKey(), value(each.getValue())));
    Callable raise =
        (places, names) -> {
          throw JinjaTemplate.raised(String.valueOf(places.get(0)));
        };
    given.put("raise_exception", raise);
    try {
      return JinjaTemplate.of(template).render(given);
    } catch (JinjaException e) {
      return STOPS;
    }
  }

  @Test
  void snippetsRenderAsInJinja() throws IOException {
    JsonObject golden = JsonParser.parseString(Files.readString(GOLDEN)).getAsJsonObject();
    List<String> wrong = new ArrayList<>();
    int cases = 0;
    for (JsonElement element : golden.getAsJsonArray("cases")) {
      JsonObject each = element.getAsJsonObject();
      String template = each.get("template").getAsString();
      String expected = each.get("text").isJsonNull() ? STOPS : each.get("text").getAsString();
      String found = made(template, golden.getAsJsonObject("values"));
      if (!expected.equals(found)) {
        wrong.add("%s%n--expected%n%s%n--found%n%s".formatted(template, expected, found));
      }
      cases++;
    }
    assertEquals(List.of(), wrong);
    assertTrue(cases > 140, cases + " cases");
  }

  /** What a filter or method does not know would else be passed over in silence. */
  @Test
  void anArgumentThatIsNotKnownStops() {
    for (String template :
        List.of(
            "{{ 'a' | int(0, 16) }}",
            "{{ 'a' | upper(1) }}",
            "{{ [1] | join(',', other=1) }}",
            "{{ 'abc'.find('a', 1) }}",
            "{{ 'abc'.startswith('b', 1) }}",
            "{{ 'abc'.splitlines(true) }}")) {
      assertEquals(STOPS, made(template, new JsonObject()), template);
    }
  }
}
