package dev.lora4j.text.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TaggingScoresTest {
  private static List<List<String>> rows(JsonObject from, String key) {
    return from.getAsJsonArray(key).asList().stream()
        .map(row -> row.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList())
        .toList();
  }

  /** {@code golden/token_classes.py}. */
  @Test
  void scoresAreThoseOfSeqeval() throws IOException {
    String golden = Files.readString(Path.of("src/test/resources/tagging-scores.json"));
    JsonArray cases = JsonParser.parseString(golden).getAsJsonArray();
    assertEquals(2, cases.size());
    for (JsonElement element : cases) {
      JsonObject one = element.getAsJsonObject();
      TaggingScores found = TaggingScores.of(rows(one, "right"), rows(one, "told"), true);
      assertEquals(one.get("accuracy").getAsDouble(), found.accuracy(), 1e-12);
      JsonObject scores = one.getAsJsonObject("scores");
      for (String name : scores.keySet()) {
        TaggingScores.Found own =
            name.equals("micro avg")
                ? found.all()
                : Objects.requireNonNull(found.types().get(name));
        JsonArray expected = scores.getAsJsonArray(name);
        assertEquals(expected.get(0).getAsDouble(), own.precision(), 1e-12, name);
        assertEquals(expected.get(1).getAsDouble(), own.recall(), 1e-12, name);
        assertEquals(expected.get(2).getAsDouble(), own.f1(), 1e-12, name);
      }
    }
  }

  @Test
  void classesWithoutPrefixesHaveNoEntities() {
    assertTrue(Entities.prefixed(List.of("O", "B-PER", "I-PER", "S-X")));
    assertFalse(Entities.prefixed(List.of("NOUN", "VERB", "O")));
    TaggingScores found =
        TaggingScores.of(List.of(List.of("NOUN", "VERB")), List.of(List.of("NOUN", "X")), false);
    assertEquals(0.5, found.accuracy());
    assertTrue(found.types().isEmpty());
    assertEquals(0, found.all().there());
  }
}
