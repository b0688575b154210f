package dev.lora4j.whisper.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.whisper.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class WordErrorsTest {
  /** {@code word_errors.py}. */
  @Test
  void textsAndErrorsAreThoseOfPython() throws IOException {
    String text = Files.readString(Goldens.RESOURCES.resolve("word-errors.json"));
    JsonArray rows = JsonParser.parseString(text).getAsJsonArray();
    assertTrue(rows.size() > 10);
    for (JsonElement element : rows) {
      JsonObject row = element.getAsJsonObject();
      String reference = row.getAsJsonArray("pair").get(0).getAsString();
      String transcript = row.getAsJsonArray("pair").get(1).getAsString();
      assertEquals(row.getAsJsonArray("plain").get(0).getAsString(), PlainText.of(reference));
      assertEquals(row.getAsJsonArray("plain").get(1).getAsString(), PlainText.of(transcript));
      WordErrors errors = WordErrors.of(reference, transcript);
      assertEquals(row.get("errors").getAsLong(), errors.errors(), reference);
      assertEquals(row.get("words").getAsLong(), errors.words(), reference);
    }
  }

  @Test
  void kindsOfErrorsAreTold() {
    assertEquals(new WordErrors(1, 0, 0, 3), WordErrors.of("a b c", "a x c"));
    assertEquals(new WordErrors(0, 1, 0, 3), WordErrors.of("a b c", "a c"));
    assertEquals(new WordErrors(0, 0, 2, 3), WordErrors.of("a b c", "a b x c y"));
    WordErrors both = WordErrors.of("a b c", "a x c").plus(WordErrors.of("d", "d e"));
    assertEquals(new WordErrors(1, 0, 1, 4), both);
    assertEquals(0.5, both.rate());
    assertEquals(
        "word error rate 50.0 % (2 of 4 words: 1 wrong, 0 missing, 1 too many)", both.text());
    assertEquals(0, WordErrors.NONE.rate());
    assertEquals(Double.POSITIVE_INFINITY, WordErrors.of("!", "a").rate());
  }
}
