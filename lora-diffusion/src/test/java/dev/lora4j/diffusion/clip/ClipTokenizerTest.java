package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.clip.ClipTokenizer.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the CLIPTokenizer of transformers 5.24.0; ids from golden/clip_tokens.py. */
class ClipTokenizerTest {
  private static final Path EMOJI = Path.of("src/test/resources/emoji-tokenizer");
  private static final Path GOLDEN = Path.of("src/test/resources/clip-tokens.json");

  @Test
  void aSmallVocabularyGivesTheIdsOfTransformers() throws IOException {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(EMOJI)) {
      assertGolden("emoji", tokenizer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15", "plain", "sdxl2"})
  @Tag("shared-data")
  void clipsOwnVocabularyGivesTheIdsOfTransformers(String config, @TempDir Path folder)
      throws IOException {
    Files.copy(SharedData.file("tokenizers/clip_vocab.json"), folder.resolve("vocab.json"));
    Files.copy(SharedData.file("tokenizers/clip_merges.txt"), folder.resolve("merges.txt"));
    String settings = golden().getAsJsonObject("configs").get(config).toString();
    Files.writeString(folder.resolve("tokenizer_config.json"), settings);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertGolden("clip_" + config, tokenizer);
    }
  }

  /** Both ways of padding: that of Stable Diffusion 1, and that of OpenCLIP's encoders. */
  @ParameterizedTest
  @CsvSource({"sd15,<|endoftext|>", "sdxl2,!"})
  void bundledVocabularyGivesTheIdsOfTransformers(String config, String pad) throws IOException {
    try (ClipTokenizer tokenizer = ClipTokenizer.of(ClipVocabulary.openAi(), pad, 77)) {
      assertGolden("clip_" + config, tokenizer);
    }
  }

  @Test
  @Tag("shared-data")
  void bundledVocabularyIsThatOfTransformers(@TempDir Path folder) throws IOException {
    Files.copy(SharedData.file("tokenizers/clip_vocab.json"), folder.resolve("vocab.json"));
    Files.copy(SharedData.file("tokenizers/clip_merges.txt"), folder.resolve("merges.txt"));
    ClipVocabulary theirs = ClipVocabulary.read(folder);
    assertEquals(theirs.ids(), ClipVocabulary.openAi().ids());
    assertEquals(theirs.merges(), ClipVocabulary.openAi().merges());
  }

  /** The same vocabulary, as the one file that newer libraries write. */
  @Test
  void tokenizerJsonGivesTheSameIds(@TempDir Path folder) throws IOException {
    Path json = Path.of("src/test/resources/tiny-sd-tokenizer.json");
    Files.copy(json, folder.resolve("tokenizer.json"));
    try (ClipTokenizer files = ClipTokenizer.load(TinySd.FOLDER.resolve("tokenizer"));
        ClipTokenizer one = ClipTokenizer.load(folder)) {
      for (var text : golden().getAsJsonArray("texts")) {
        Tokens expected = files.encode(text.getAsString());
        assertArrayEquals(expected.ids(), one.encode(text.getAsString()).ids(), text::toString);
      }
    }
  }

  @Test
  void theTinyModelsPrompts() throws IOException {
    String prompt = "A red fox, drawn with ink, isn't it? 12 caf\u00e9s \ud83e\udd8a";
    try (TinySd tiny = new TinySd();
        ClipTokenizer tokenizer = ClipTokenizer.load(TinySd.FOLDER.resolve("tokenizer"))) {
      float[] golden = tiny.floats("text.ids");
      int[] found =
          IntStream.concat(
                  Arrays.stream(tokenizer.encode(prompt).ids()),
                  Arrays.stream(tokenizer.encode("").ids()))
              .toArray();
      int[] expected = IntStream.range(0, golden.length).map(i -> (int) golden[i]).toArray();
      assertArrayEquals(expected, found);
    }
  }

  @Test
  void tokensThatDoNotFitAreReported() throws IOException {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(EMOJI)) {
      Tokens fits = tokenizer.encode("fox ".repeat(75));
      assertEquals(List.of(), fits.dropped());
      assertEquals(77, fits.used());

      Tokens tokens = tokenizer.encode("\ud83e\udd8a" + "fox ".repeat(71) + "RED caf\u00e9");
      assertEquals(77, tokens.used());
      assertEquals(tokenizer.endId(), tokens.ids()[76]);
      assertEquals("REDcaf\u00e9", String.join("", tokens.dropped()));
      assertEquals("RED", tokens.dropped().get(0));
    }
  }

  @Test
  void paddingIdCanBeChosen() throws IOException {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(EMOJI, 0)) {
      Tokens tokens = tokenizer.encode("fox");
      assertEquals(3, tokens.used());
      assertEquals(tokenizer.endId(), tokens.ids()[2]);
      assertEquals(0, tokens.ids()[3]);
      assertEquals(0, tokens.ids()[76]);
    }
  }

  @Test
  void halfASurrogatePairIsNoCrash() throws IOException {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(EMOJI)) {
      assertArrayEquals(
          tokenizer.encode("a \ufffd b \u0000").ids(), tokenizer.encode("a \ud83e b \0").ids());
    }
  }

  @Test
  void damagedFilesAreNamed(@TempDir Path folder) throws IOException {
    assertThrows(ClipTokenizerException.class, () -> ClipTokenizer.load(folder));
    ClipVocabulary vocabulary = ClipVocabulary.read(EMOJI);
    for (String file : List.of("vocab.json", "merges.txt", "tokenizer_config.json")) {
      for (String content : List.of("[1]", "{", "{\"a\": \"b\"}", "", "a b c\n")) {
        vocabulary.write(folder);
        Files.writeString(folder.resolve(file), content);
        boolean harmless =
            (file.equals("merges.txt") && content.isEmpty())
                || (file.equals("tokenizer_config.json") && content.startsWith("{\"a"));
        if (harmless) {
          ClipTokenizer.load(folder).close();
        } else {
          var thrown =
              assertThrows(
                  ClipTokenizerException.class,
                  () -> ClipTokenizer.load(folder).close(),
                  () -> file + " with " + content);
          assertTrue(thrown.getMessage().length() > 20, thrown::getMessage);
        }
      }
    }
  }

  private static void assertGolden(String name, ClipTokenizer tokenizer) throws IOException {
    JsonArray texts = golden().getAsJsonArray("texts");
    JsonObject expected = golden().getAsJsonObject("ids").getAsJsonObject(name);
    assertTrue(texts.size() >= 300);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).getAsString();
      JsonArray ids = expected.getAsJsonArray("ids").get(i).getAsJsonArray();
      int[] padded = new int[77];
      Arrays.fill(padded, expected.get("pad").getAsInt());
      for (int j = 0; j < ids.size(); j++) {
        padded[j] = ids.get(j).getAsInt();
      }
      Tokens found = tokenizer.encode(text);
      assertArrayEquals(padded, found.ids(), () -> name + ": " + text);
      assertEquals(ids.size(), found.used(), text);
      int content = expected.getAsJsonArray("content").get(i).getAsInt();
      assertEquals(Math.max(0, content - 75), found.dropped().size(), text);
    }
  }

  private static JsonObject golden() throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN)).getAsJsonObject();
  }
}
