package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.clip.PromptChunks.Chunk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prompts longer than the text encoder's places, and words that count more than others. */
class PromptChunksTest {
  private static ClipTokenizer tokenizer;

  @BeforeAll
  static void open() throws IOException {
    tokenizer = ClipTokenizer.load(Path.of("src/test/resources/emoji-tokenizer"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static int room() {
    return tokenizer.maxLength() - 2;
  }

  /** The tokens of a chunk between start and end. */
  private static List<Integer> inside(Chunk chunk) {
    List<Integer> ids = new ArrayList<>();
    for (int i = 1; chunk.ids()[i] != tokenizer.endId(); i++) {
      ids.add(chunk.ids()[i]);
    }
    return ids;
  }

  @Test
  void shortPromptIsOneChunkOfTokenizerIds() {
    for (String text : List.of("", "a red fox, sitting", "cat")) {
      List<Chunk> chunks = PromptChunks.of(tokenizer, text);
      assertEquals(1, chunks.size());
      assertArrayEquals(tokenizer.encode(text).ids(), chunks.get(0).ids());
      assertTrue(chunks.get(0).plain());
    }
  }

  @Test
  void aLongPromptLosesNoToken() {
    String text = "fox ".repeat(3 * room() + 5);
    List<Chunk> chunks = PromptChunks.of(tokenizer, text);
    assertEquals(4, chunks.size());
    List<Integer> all = new ArrayList<>();
    chunks.forEach(c -> all.addAll(inside(c)));
    assertEquals(IntStream.of(tokenizer.pieces(text)).boxed().toList(), all);
    assertEquals(5, inside(chunks.get(3)).size());
  }

  /** Words that belong together are not torn apart if a comma stands shortly before. */
  @Test
  void fullChunkIsCutAfterItsLastComma() {
    int before = room() - 4;
    String text = "fox ".repeat(before) + ", cat cat cat cat cat cat";
    List<Chunk> chunks = PromptChunks.of(tokenizer, text);
    assertEquals(2, chunks.size());
    assertEquals(before + 1, inside(chunks.get(0)).size());
    assertEquals(6, inside(chunks.get(1)).size());
  }

  @Test
  void breakBeginsAChunk() {
    List<Chunk> chunks = PromptChunks.of(tokenizer, "a fox BREAK a cat");
    assertEquals(2, chunks.size());
    assertArrayEquals(tokenizer.encode("a fox").ids(), chunks.get(0).ids());
    assertArrayEquals(tokenizer.encode("a cat").ids(), chunks.get(1).ids());
  }

  @Test
  void weightsStandAtTheirTokens() {
    Chunk chunk = PromptChunks.of(tokenizer, "a (fox:1.5) [cat]").get(0);
    int fox = tokenizer.pieces("fox").length;
    int cat = tokenizer.pieces("cat").length;
    double[] expected = new double[tokenizer.maxLength()];
    java.util.Arrays.fill(expected, 1);
    java.util.Arrays.fill(expected, 2, 2 + fox, 1.5);
    java.util.Arrays.fill(expected, 2 + fox, 2 + fox + cat, 1 / 1.1);
    assertArrayEquals(expected, chunk.weights(), 1e-12);
  }

  @Test
  void tenThousandTokensAreManyChunks() {
    List<Chunk> chunks = PromptChunks.of(tokenizer, "fox ".repeat(10_000));
    assertEquals((10_000 + room() - 1) / room(), chunks.size());
  }
}
