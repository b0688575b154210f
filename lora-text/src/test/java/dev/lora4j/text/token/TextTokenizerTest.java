package dev.lora4j.text.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On vocabularies small enough to divide texts by hand. */
class TextTokenizerTest {
  private static final int FOX = 261;
  private static final int RED = 264;
  private static final int SPACE = 265;
  private static final int A = 266;

  @TempDir private Path folder;

  @Test
  void piecesMergeByScoreAfterTheStartToken() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      assertArrayEquals(new int[] {1, RED, FOX}, tokenizer.encode("red fox"));
      assertArrayEquals(new int[] {RED, SPACE, FOX}, tokenizer.encodePlain("red  fox"));
      assertArrayEquals(new int[] {}, tokenizer.encodePlain(""));
      assertEquals("red fox", tokenizer.decode(new int[] {1, RED, FOX, 2}, true));
      assertEquals("<s> red", tokenizer.decode(new int[] {1, RED}, false));
      assertEquals(292, tokenizer.size());
      assertEquals("\u2581fox", tokenizer.token(FOX).orElseThrow());
      assertEquals(2, tokenizer.special().end().orElseThrow().id());
      assertEquals(List.of(2), tokenizer.special().ends());
      assertEquals(2, tokenizer.special().padId());
    }
  }

  @Test
  void unknownCharactersBecomeBytes() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      int[] ids = tokenizer.encodePlain("a\u00e9");
      assertArrayEquals(new int[] {SPACE, A, 3 + 0xc3, 3 + 0xa9}, ids);
      assertEquals("a\u00e9", tokenizer.decode(ids, true));
      // Half a pair of surrogates is taken as U+FFFD.
      int[] broken = {SPACE, 3 + 0xef, 3 + 0xbf, 3 + 0xbd};
      assertArrayEquals(broken, tokenizer.encodePlain("\ud83e"));
    }
  }

  @Test
  void tokensHaveOffsetsInJavaChars() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      TokenizedText text = tokenizer.locate("\ud83e\udd8a red", true);
      assertEquals(7, text.length());
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 0, 2}, text.starts());
      assertArrayEquals(new int[] {0, 2, 2, 2, 2, 2, 6}, text.ends());
    }
  }

  @Test
  void configurationSetsSpecialAndAddedTokens() throws IOException {
    TinyTokenizers.llama(folder);
    config(
        """
        {"add_bos_token": false, "add_eos_token": true, "pad_token": {"content": "<pad>"}, "legacy": false,
         "model_max_length": 2048, "added_tokens_decoder": {"292": {"content": "<pad>", "special": true},
         "293": {"content": "<|user|>", "special": false}}}
        """);
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      assertArrayEquals(new int[] {RED, 293, FOX, 2}, tokenizer.encode("red<|user|> fox"));
      // Without the older behaviour nothing is put before a word behind a token.
      int[] after = tokenizer.encodePlain("<|user|>a");
      assertArrayEquals(new int[] {293, A}, after);
      assertEquals("<|user|>a", tokenizer.decode(after, true));
      assertEquals(292, tokenizer.special().padId());
      assertEquals(Optional.of(2048), tokenizer.maxLength());
      assertEquals(294, tokenizer.size());
    }
  }

  @Test
  void unigramTakesTheLikeliestPiecesAndEndsTexts() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.t5(folder))) {
      assertArrayEquals(new int[] {4, 5, 6, 1}, tokenizer.encode("  red   foxes "));
      assertArrayEquals(new int[] {4, 106, 1}, tokenizer.encode("red<extra_id_0>"));
      assertEquals("red foxes", tokenizer.decode(new int[] {4, 5, 6, 1}, true));
      assertEquals(107, tokenizer.size());
      assertEquals(0, tokenizer.special().padId());
    }
  }

  @Test
  void bytesAreMergedInFileOrder() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.gpt2(folder))) {
      assertArrayEquals(new int[] {257, 258, 'e', 's'}, tokenizer.encode("fox foxes"));
      assertArrayEquals(new int[] {'a', 259}, tokenizer.encode("a<|endoftext|>"));
      String text = "\ud83e\udd8a\n\t\u00e9 fox";
      assertEquals(text, tokenizer.decode(tokenizer.encode(text), true));
      assertEquals(259, tokenizer.special().end().orElseThrow().id());
    }
  }

  @Test
  void pairsHaveTokenTypesWithoutPaddingOrTruncation() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.bert(folder))) {
      TokenizedPair pair = tokenizer.encodePair("Red fox", "Foxes, what");
      assertArrayEquals(new int[] {1, 5, 6, 2, 6, 7, 8, 3, 2}, pair.ids());
      assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1, 1}, pair.types());
      assertArrayEquals(new int[] {1, 5, 6, 6, 6, 6, 2}, tokenizer.encode("red fox fox fox fox"));
      assertEquals("red foxes, fox", tokenizer.decode(new int[] {1, 5, 6, 7, 8, 6, 2}, true));
      assertEquals(4, tokenizer.special().mask().orElseThrow().id());
    }
  }

  @Test
  void streamHoldsBytesUntilACharacterIsComplete() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      int[] ids = tokenizer.encodePlain("a\ud83e\udd8a\ud83e\udd8b fox");
      TokenStream stream = tokenizer.stream();
      List<String> parts = Arrays.stream(ids).mapToObj(stream::next).toList();
      assertEquals(
          List.of("", "a", "", "", "", "\ud83e\udd8a", "", "", "", "\ud83e\udd8b", " fox"), parts);
      assertEquals("", stream.end());
    }
  }

  @Test
  void streamContinuesAfterEarlierTokens() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      assertEquals("fox", tokenizer.stream().next(FOX));
      assertEquals(" fox", tokenizer.stream(1, RED).next(FOX));
      assertEquals("", tokenizer.stream(1, RED).next(2));
    }
  }

  @Test
  void incompleteBytesComeWithWhatFollowsOrLast() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      TokenStream stream = tokenizer.stream();
      assertEquals("a", stream.next(A));
      assertEquals("", stream.next(3 + 0xf0));
      assertEquals("\ufffd fox", stream.next(FOX));
      assertEquals("", stream.next(3 + 0xf0));
      assertEquals("\ufffd", stream.end());
    }
  }

  @Test
  void severalThreadsShareOne() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      assertTrue(
          IntStream.range(0, 2000)
              .parallel()
              .allMatch(
                  i ->
                      tokenizer
                          .decode(tokenizer.encode("red fox " + "a".repeat(i % 9)), true)
                          .equals("red fox " + "a".repeat(i % 9))));
    }
  }

  @Test
  void closedTokenizerIsReported() throws IOException {
    TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder));
    tokenizer.close();
    tokenizer.close();
    String message =
        assertThrows(IllegalStateException.class, () -> tokenizer.encode("a")).getMessage();
    assertEquals("The tokeniser of " + folder + " is closed.", message);
  }

  @Test
  void templatesComeFromTheConfigurationAndFromFiles() throws IOException {
    TinyTokenizers.llama(folder);
    config(
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"a\"}, {\"name\": \"tool_use\", \"template\": \"b\"}]}");
    assertEquals(Map.of("default", "a", "tool_use", "b"), templates());
    config("{\"chat_template\": \"c\"}");
    assertEquals(Map.of("default", "c"), templates());
    Files.writeString(folder.resolve("chat_template.jinja"), "d");
    Path more = Files.createDirectory(folder.resolve("additional_chat_templates"));
    Files.writeString(more.resolve("rag.jinja"), "e");
    assertEquals(Map.of("default", "d", "rag", "e"), templates());
  }

  @Test
  void generationConfigSetsTheEndTokens() throws IOException {
    TinyTokenizers.gpt2(folder);
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [259, 10]}");
    config("{\"model_max_length\": 1000000000000000019884624838656}");
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      assertEquals(List.of(259, 10), tokenizer.special().ends());
      assertEquals(Optional.empty(), tokenizer.maxLength());
    }
  }

  @Test
  void folderWithoutTokenizerIsRefusedWithExpectedFiles() {
    assertFails("holds no tokeniser: neither tokenizer.json, nor tokenizer.model or spiece.model");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path json = folder.resolve("tokenizer.json");
    Files.writeString(json, "{\"model\": ");
    assertFails("tokenizer.json is no JSON object");
    Files.writeString(json, "{\"version\": \"1.0\"}");
    assertFails("tokenizer.json describes no tokeniser");
    Files.writeString(
        json, "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}}");
    assertFails("holds no usable tokeniser");
    Files.write(json, new byte[] {'{', '"', (byte) 0xff, '"', '}'});
    assertFails("tokenizer.json is not UTF-8");
    Files.delete(json);

    byte[] whole = TinyTokenizers.pieces().bpe(true, false);
    Path pieces = folder.resolve("tokenizer.model");
    Files.write(pieces, Arrays.copyOf(whole, 1000));
    assertFails("tokenizer.model is no model of SentencePiece, or damaged");
    Files.write(pieces, new byte[0]);
    assertFails("it has no pieces");
    Files.write(pieces, TinyTokenizers.pieces().model(3, true, false));
    assertFails("it divides by words or characters");
    Files.write(pieces, whole);
    config("{\"tokenizer_class\": \"XLNetTokenizer\"}");
    assertFails("XLNetTokenizer, which does more than SentencePiece");
    config("[]");
    assertFails("tokenizer_config.json is no JSON object");
  }

  /** They change texts before SentencePiece does; their folders may not say so. */
  @Test
  void piecesOfAlbertAndDebertaAreRefusedWithTheWayOut() throws IOException {
    TinyTokenizers.t5(folder);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"albert\"}");
    String told = ", which does more than SentencePiece. Save the tokeniser as tokenizer.json";
    assertFails("AlbertTokenizer" + told);
    Files.delete(folder.resolve("config.json"));
    Files.move(folder.resolve("spiece.model"), folder.resolve("spm.model"));
    assertFails("DebertaV2Tokenizer" + told);
  }

  @Test
  void invalidMergeIsNamedByItsLine() throws IOException {
    TinyTokenizers.gpt2(folder);
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nf o\nq q\n");
    assertFails("merges.txt has in line 3 no two tokens that make one of the vocabulary: 'q q'.");
  }

  @Test
  void aVocabularyLargerThanTheModelsIsRefused() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      tokenizer.requireFits(292);
      String message =
          assertThrows(TokenizerException.class, () -> tokenizer.requireFits(291)).getMessage();
      assertTrue(
          message.contains("ids up to 291, and the model has embeddings for 291 tokens: 'z'"),
          message);
    }
  }

  /** Tables of models are often larger than their vocabularies. */
  @Test
  void anIdThatTheVocabularyLacksGivesNothing() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder))) {
      int[] known = tokenizer.encodePlain("a b");
      int[] more = Arrays.copyOf(known, known.length + 1);
      more[known.length] = 292;
      assertEquals(tokenizer.decode(known, true), tokenizer.decode(more, true));
    }
  }

  private Map<String, String> templates() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(folder)) {
      return tokenizer.chatTemplates();
    }
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), json);
  }

  private void assertFails(String part) {
    String message =
        assertThrows(TokenizerException.class, () -> TextTokenizer.load(folder).close())
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
