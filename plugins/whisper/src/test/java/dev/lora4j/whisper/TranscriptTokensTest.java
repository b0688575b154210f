package dev.lora4j.whisper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens around transcripts, of folders of several kinds. */
class TranscriptTokensTest {
  private static final int START = 257;

  @TempDir private Path folder = Path.of("");

  private TranscriptTokens read(String file, Consumer<JsonObject> change) throws IOException {
    for (String name : new String[] {"config.json", "generation_config.json", "tokenizer.json"}) {
      Files.copy(Goldens.TINY.resolve(name), folder.resolve(name));
    }
    JsonObject config =
        JsonParser.parseString(Files.readString(folder.resolve(file))).getAsJsonObject();
    change.accept(config);
    Files.writeString(folder.resolve(file), config.toString());
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      return TranscriptTokens.read(folder, START, tokenizer);
    }
  }

  private static String refusal(Runnable work) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, work::run).getMessage());
  }

  @Test
  void manyLanguages() throws IOException {
    TranscriptTokens tokens = read("generation_config.json", c -> {});
    assertTrue(tokens.multilingual());
    assertEquals("de", tokens.language("German"));
    assertEquals("ja", tokens.language("JA"));
    assertTrue(refusal(() -> tokens.language("xx")).contains("this model knows de, en, ja"));
    assertArrayEquals(new int[] {START, 259, 261, 265}, tokens.begin("de", SpeechTask.TRANSLATE));
    assertArrayEquals(
        new int[] {258, 262, 265, 7, 8, 256},
        tokens.target("en", SpeechTask.TRANSCRIBE, new int[] {7, 8}));
    assertArrayEquals(new int[] {7, 8}, tokens.text(new int[] {7, 266, 8, 256}));
    assertEquals(Set.of(256, 220), tokens.withheld().first());
    assertTrue(tokens.withheld().always().contains(40));
  }

  @Test
  void englishAlone() throws IOException {
    TranscriptTokens tokens =
        read("generation_config.json", c -> c.addProperty("is_multilingual", false));
    assertFalse(tokens.multilingual());
    assertEquals("en", tokens.language("English"));
    assertTrue(refusal(() -> tokens.language("de")).contains("English alone"));
    assertTrue(refusal(() -> tokens.require(SpeechTask.TRANSLATE)).contains("translates nothing"));
    tokens.require(SpeechTask.TRANSCRIBE);
    assertArrayEquals(new int[] {START, 265}, tokens.begin("en", SpeechTask.TRANSCRIBE));
  }

  /** They have all in the configuration of the model, and know tokens by their texts. */
  @Test
  void folderWithoutAGenerationOfItsOwn() throws IOException {
    read(
        "config.json",
        c -> c.add("suppress_tokens", JsonParser.parseString("[-1, 9]").getAsJsonArray()));
    Files.delete(folder.resolve("generation_config.json"));
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      TranscriptTokens tokens = TranscriptTokens.read(folder, START, tokenizer);
      assertEquals(Set.of(9), tokens.withheld().always());
      assertEquals(265, tokens.plain().orElse(0));
      assertEquals(Set.of(256), tokens.ends());
    }
  }
}
