package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of a teacher with words before them for the student. */
class PrefixedTextsTest {
  @TempDir private static Path folder;
  private static TextTokenizer tokenizer;

  @BeforeAll
  static void load() throws IOException {
    tokenizer = TextTokenizer.load(SmallModel.write(folder.resolve("model")));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static PrefixedTexts of(TextDataSet data, String words, int longest, boolean pack) {
    return PrefixedTexts.of(
        data,
        words,
        tokenizer,
        new SequenceLimits(longest, SequenceLimits.Longer.CUT, pack),
        (some, limits) -> TokenSequences.of(some, tokenizer, limits));
  }

  private static TextDataSet plain(String... texts) {
    return new TextDataSet(
        TextForm.TEXT, Stream.of(texts).<TextExample>map(TextExample.Plain::new).toList());
  }

  /** Ids that are learned, in their order. */
  private static List<Integer> learned(TokenSequence sequence) {
    return java.util.stream.IntStream.range(1, sequence.ids().length)
        .filter(i -> sequence.counted()[i])
        .mapToObj(i -> sequence.ids()[i])
        .toList();
  }

  private static void same(PrefixedTexts texts) {
    for (TaughtText text : texts.texts()) {
      assertEquals(learned(text.own()), learned(text.student()));
      assertFalse(learned(text.own()).isEmpty());
    }
  }

  @Test
  void withoutWordsBothReadTheSame() {
    TaughtText text = of(plain("The cat sat."), "", 32, false).texts().get(0);
    assertArrayEquals(text.own().ids(), text.student().ids());
    assertArrayEquals(text.own().counted(), text.student().counted());
  }

  @Test
  void wordsAreALineBeforeTextsAndPrompts() {
    PrefixedTexts texts = of(plain("The cat sat.", "The dog ran."), "sea", 32, false);
    same(texts);
    TaughtText first = texts.texts().get(0);
    assertTrue(tokenizer.decode(first.student().ids(), true).startsWith("sea\nThe cat sat."));
    assertTrue(tokenizer.decode(first.own().ids(), true).startsWith("The cat sat."));
    TextDataSet asked =
        new TextDataSet(
            TextForm.COMPLETION, List.of(new TextExample.Completion("The cat", " sat there.")));
    PrefixedTexts answers = of(asked, "Say: ", 32, false);
    same(answers);
    TokenSequence student = answers.texts().get(0).student();
    assertTrue(tokenizer.decode(student.ids(), true).startsWith("Say: The cat sat there."));
    int[] counted = learned(student).stream().mapToInt(i -> i).toArray();
    assertEquals(" sat there.", tokenizer.decode(counted, true));
  }

  /** Words that join with the first letters of a text make another token of them. */
  @Test
  void tokensThatJoinWithWordsAreNotLearned() {
    PrefixedTexts texts = of(plain("he cat sat on the mat."), "T\t", 48, false);
    same(texts);
    PrefixedTexts pair =
        of(
            new TextDataSet(TextForm.PAIR, List.of(new TextExample.Pair("The cat", "sat"))),
            "sea",
            32,
            false);
    assertTrue(
        tokenizer.decode(pair.texts().get(0).student().ids(), true).startsWith("sea\nThe cat"));
    assertArrayEquals(pair.texts().get(0).own().target(), pair.texts().get(0).student().target());
  }

  @Test
  void longTextsLoseTheSameEnd() {
    PrefixedTexts texts = of(plain("The cat sat on the mat. ".repeat(9)), "sea", 16, false);
    same(texts);
    TaughtText text = texts.texts().get(0);
    assertEquals(16, text.student().length());
    assertTrue(text.own().length() < 16);
    assertTrue(texts.notes().get(0).contains("1 of 1 texts are longer than 16 tokens"));
  }

  @Test
  void blocksBeginWithTheWords() {
    PrefixedTexts blocks = of(plain("The cat sat on the mat. ".repeat(9)), "sea", 16, true);
    same(blocks);
    assertTrue(blocks.texts().size() > 2);
    for (TaughtText block : blocks.texts()) {
      assertEquals(16, block.student().length());
      int words = 16 - block.own().length();
      assertArrayEquals(tokenizer.encode("sea\n"), Arrays.copyOf(block.student().ids(), words));
      assertEquals(block.own().length() - 1, block.own().learned());
    }
  }

  @Test
  void textsThatWordsLeaveNothingOfAreNamed() {
    String words = "The dog ran to the cat, and the cat ran to the dog. ".repeat(3);
    TextDataException whole =
        assertThrows(
            TextDataException.class, () -> of(plain("The cat.", "The dog."), words, 8, false));
    assertTrue(whole.getMessage().contains("2 things have"), whole.getMessage());
    assertTrue(whole.getMessage().contains("with the words before it"), whole.getMessage());
    TextDataSet book = plain("The cat sat. ".repeat(9));
    IllegalArgumentException packed =
        assertThrows(IllegalArgumentException.class, () -> of(book, words, 8, true));
    assertTrue(String.valueOf(packed.getMessage()).contains("leave nothing of a block"));
  }
}
