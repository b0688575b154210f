package dev.lora4j.server.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "3", "{", "{\"a\":}", "null", "\"text\"", "{a:1}", "{} {}", "{'a':1}"})
  void bodyThatIsNoObjectIsRefused(String body) {
    FieldException e = assertThrows(FieldException.class, () -> JsonFields.parse(body));
    assertEquals("", e.field());
    assertTrue(e.getMessage().startsWith("The body must be one JSON object"), e.getMessage());
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThrows(FieldException.class, () -> JsonFields.parse(deep));
  }

  @Test
  void nullFieldsAreAbsent() {
    JsonFields fields = JsonFields.parse("{\"a\":null,\"b\":null}");
    assertFalse(fields.has("a"));
    assertEquals(Optional.empty(), fields.text("a"));
    assertEquals(OptionalInt.empty(), fields.integer("b", 0, 1));
    assertTrue(fields.flag("a", true));
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, '1.5'",
    "11, '11'",
    "-1, '-1'",
    "1e400, '1e400'",
    "1e999999999, '1e999999999'",
    "'\"3\"', '\"3\"'",
    "true, 'true'",
    "[], '[]'"
  })
  void wrongWholeNumbersNameTheRange(String value, String shown) {
    JsonFields fields = JsonFields.parse("{\"n\":" + value + "}");
    FieldException e = assertThrows(FieldException.class, () -> fields.integer("n", 1, 10));
    assertEquals("n", e.field());
    assertEquals("n must be a whole number from 1 to 10, found " + shown + ".", e.getMessage());
  }

  @Test
  void wholeNumbersMayHaveAPoint() {
    assertEquals(OptionalInt.of(3), JsonFields.parse("{\"n\":3.0}").integer("n", 1, 10));
  }

  @Test
  void nestedFieldsAreNamedByTheirPath() {
    JsonFields fields = JsonFields.parse("{\"messages\":[{\"role\":\"user\"},{\"role\":7}]}");
    FieldException e =
        assertThrows(
            FieldException.class,
            () ->
                fields.list(
                    "messages",
                    (path, value) -> JsonFields.fields(path, value).requiredText("role")));
    assertEquals("messages[1].role", e.field());
    assertEquals("messages[1].role must be a text, found 7.", e.getMessage());
  }

  @Test
  void listsOfTextsAreRead() {
    JsonFields fields = JsonFields.parse("{\"stop\":[\"a\",\"b\"]}");
    assertEquals(Optional.of(List.of("a", "b")), fields.list("stop", JsonFields::text));
  }
}
