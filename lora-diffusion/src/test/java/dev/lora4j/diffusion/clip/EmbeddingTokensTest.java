package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.clip.PromptChunks.Chunk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which words of a prompt are textual inversions, and where their vectors stand. */
class EmbeddingTokensTest {
  private static Embedding embedding(String name, int vectors) {
    HostTensor values = HostTensor.of(Shape.of(vectors, 1), new float[vectors]);
    return new Embedding(name, Optional.empty(), Map.of(Embedding.ONLY, values));
  }

  private static EmbeddingTokens words(String... names) {
    return EmbeddingTokens.of(List.of(names).stream().map(n -> embedding(n, 2)).toList());
  }

  private static String found(EmbeddingTokens words, String text) {
    return words.split(text).stream()
        .map(p -> p.embedding().map(e -> "[" + e.name() + "]").orElse(p.text()))
        .collect(Collectors.joining("|"));
  }

  @Test
  void wholeWordsMatchInAnyCaseLongestFirst() {
    EmbeddingTokens words = words("bad", "bad-hands-5", "<ball>", "my style");
    assertEquals("[bad-hands-5]", found(words, "Bad-Hands-5"));
    assertEquals("a |[bad]| one", found(words, "a bad one"));
    assertEquals("badly, nobad, bad5", found(words, "badly, nobad, bad5"));
    assertEquals("a |[<ball>]|, a |[<ball>]|s", found(words, "a <ball>, a <ball>s"));
    assertEquals("in |[my style]|.", found(words, "in my   style."));
    assertEquals("[bad]|, |[bad]", found(words, "embedding:bad, bad"));
    assertEquals("", found(words, ""));
    assertEquals("a fox", found(EmbeddingTokens.NONE, "a fox"));
  }

  /** A file's name may be decomposed, as some file systems have it. */
  @Test
  void composedAndDecomposedAccentsMatch() {
    assertEquals("a |[cafe\u0301]", found(words("cafe\u0301"), "a caf\u00e9"));
    assertTrue(EmbeddingTokens.occurs("cafe\u0301", "a (caf\u00e9:1.2)"));
    assertFalse(EmbeddingTokens.occurs("caf", "a caf\u00e9"));
  }

  @Test
  void bracketsOfNamesAreEscapedInPrompts() {
    EmbeddingTokens words = words("ink (2)");
    assertEquals(1, words.used("a \\(word\\) and (ink \\(2\\):1.2)").size());
    assertEquals(Set.of(), words.used("ink (2)", "")); // counts 1.1 times, and is two pieces
  }

  @Test
  void duplicateEmbeddingWordsAreRefused() {
    List<Embedding> two = List.of(embedding("ink", 1), embedding("INK", 2));
    String message =
        assertThrows(EmbeddingException.class, () -> EmbeddingTokens.of(two)).getMessage();
    assertTrue(message.contains("INK"), message);
  }

  @Test
  void vectorsKeepTheirWeightAndAreNeverSplit() throws IOException {
    try (ClipTokenizer tokenizer =
        ClipTokenizer.load(Path.of("src/test/resources/emoji-tokenizer"))) {
      EmbeddingTokens words =
          EmbeddingTokens.of(List.of(embedding("ink", 4), embedding("big", 999)));
      Chunk chunk = PromptChunks.of(tokenizer, "a (ink:1.3) fox", words).get(0);
      assertEquals(
          List.of(2, 3, 4, 5), chunk.vectors().stream().map(PromptChunks.Vector::place).toList());
      assertEquals(1.3, chunk.weights()[5]);
      assertEquals(1, chunk.weights()[6]);
      assertEquals(tokenizer.pieces("fox")[0], chunk.ids()[6]);

      int room = tokenizer.maxLength() - 2;
      String almost = "fox ".repeat(room - 3);
      List<Chunk> chunks = PromptChunks.of(tokenizer, almost + "ink", words);
      assertEquals(List.of(0, 4), chunks.stream().map(c -> c.vectors().size()).toList());
      // What follows the last comma goes on together, vectors too.
      chunks = PromptChunks.of(tokenizer, "fox ".repeat(room - 6) + ", ink fox cat", words);
      assertEquals(List.of(0, 4), chunks.stream().map(c -> c.vectors().size()).toList());
      assertEquals(1, chunks.get(1).vectors().get(0).place());
      assertThrows(EmbeddingException.class, () -> PromptChunks.of(tokenizer, "a big fox", words));
    }
  }
}
