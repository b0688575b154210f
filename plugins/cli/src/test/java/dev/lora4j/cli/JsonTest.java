package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void numbersThatJsonHasNoFormForAreNull() {
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
}
