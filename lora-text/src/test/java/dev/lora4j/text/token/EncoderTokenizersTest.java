package dev.lora4j.text.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Unigram tokenizers in the form of those of published encoders against transformers ({@code
 * src/test/golden/encoder_tokenizers.py}).
 */
class EncoderTokenizersTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  @ParameterizedTest
  @ValueSource(strings = {"albert", "deberta-v3", "deberta-lower"})
  void idsAndTextsAreThoseOfTransformers(String name) throws IOException {
    JsonElement rows =
        JsonParser.parseString(Files.readString(RESOURCES.resolve("encoder-tokens.json")))
            .getAsJsonObject()
            .get(name);
    try (TextTokenizer tokenizer =
        TextTokenizer.load(RESOURCES.resolve("tokenizers").resolve(name))) {
      String first = rows.getAsJsonArray().get(0).getAsJsonObject().get("text").getAsString();
      for (JsonElement each : rows.getAsJsonArray()) {
        JsonObject row = each.getAsJsonObject();
        String text = row.get("text").getAsString();
        int[] around = ids(row, "around");
        assertArrayEquals(around, tokenizer.encode(text), text);
        assertArrayEquals(ids(row, "plain"), tokenizer.encodePlain(text), text);
        TokenizedPair pair = tokenizer.encodePair(text, first);
        assertArrayEquals(ids(row, "pair"), pair.ids(), text);
        assertArrayEquals(ids(row, "types"), pair.types(), text);
        assertEquals(row.get("decoded").getAsString(), tokenizer.decode(around, false), text);
      }
      assertEquals(6, rows.getAsJsonArray().size());
    }
  }

  private static int[] ids(JsonObject row, String key) {
    return StreamSupport.stream(row.getAsJsonArray(key).spliterator(), false)
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }
}
