package dev.lora4j.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void nonFiniteNumbersAreNull() {
    String text =
        new Json()
            .put("loss", Double.NaN)
            .put("norm", Float.POSITIVE_INFINITY)
            .put("rate", 0.25)
            .put("steps", 3)
            .put("rows", List.of(Map.of("x", Double.NEGATIVE_INFINITY), 1.5))
            .toString();
    JsonObject read = JsonParser.parseString(text).getAsJsonObject();
    assertTrue(read.get("loss").isJsonNull(), text);
    assertTrue(read.get("norm").isJsonNull(), text);
    assertEquals("0.25", read.get("rate").toString());
    assertEquals("3", read.get("steps").toString());
    assertEquals("[{\"x\":null},1.5]", read.get("rows").toString());
  }

  @Test
  void objectsInListsAreObjects() {
    String text = new Json().put("rows", List.of(new Json().put("a", 1), new Json())).toString();
    assertEquals(
        "[{\"a\":1},{}]", JsonParser.parseString(text).getAsJsonObject().get("rows").toString());
  }

  @Test
  void mapsWithoutOrderAreRefused() {
    Map<String, Object> fields = Map.of("tensors", 1, "numbers", 2);
    for (Object value : List.of(fields, List.of(fields), new HashMap<>(fields))) {
      assertThrows(IllegalArgumentException.class, () -> new Json().put("types", value));
    }
    assertEquals(
        "{\n  \"types\": {\n    \"b\": 1,\n    \"a\": 2\n  }\n}",
        new Json().put("types", new Json().put("b", 1).put("a", 2)).toString());
  }
}
