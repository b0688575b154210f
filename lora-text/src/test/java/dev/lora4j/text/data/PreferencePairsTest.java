package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferencePairsTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path folder;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private TextDataSet read(String lines) throws IOException {
    return TextDataSet.read(Files.writeString(folder.resolve("pairs.jsonl"), lines));
  }

  private PreferencePairs pairs(String lines, int longest, SequenceLimits.Longer longer)
      throws IOException {
    return model.preferences(read(lines), new SequenceLimits(longest, longer, false));
  }

  private PreferencePairs pairs(String lines) throws IOException {
    return pairs(lines, 100, SequenceLimits.Longer.CUT);
  }

  private static int[] counted(TokenSequence sequence) {
    int[] ids = sequence.ids();
    int from = 0;
    while (!sequence.counted()[from]) {
      from++;
    }
    for (int i = from; i < ids.length; i++) {
      assertTrue(sequence.counted()[i]);
    }
    return Arrays.copyOfRange(ids, from, ids.length);
  }

  @Test
  void completionsAloneCountAndEnd() throws IOException {
    PreferencePair pair =
        pairs(
                """
                {"prompt": "The cat", "chosen": " sat on the mat.", "rejected": " ran."}
                """)
            .pairs()
            .get(0);
    int[] prompt = model.tokenizer().encode("The cat");
    for (TokenSequence one : List.of(pair.chosen(), pair.rejected())) {
      assertArrayEquals(prompt, Arrays.copyOf(one.ids(), prompt.length));
      assertEquals(one.ids().length - prompt.length, one.learned());
      int last = one.ids()[one.ids().length - 1];
      model.tokenizer().special().end().ifPresent(end -> assertEquals(end.id(), last));
    }
    assertEquals(" sat on the mat.", model.tokenizer().decode(counted(pair.chosen()), true));
  }

  @Test
  void sharedBeginningIsThePrompt() throws IOException {
    String whole =
        """
        {"chosen": "The cat sat on the mat.", "rejected": "The cat ran."}
        """;
    TextExample.Preference divided = (TextExample.Preference) read(whole).examples().get(0);
    assertEquals(new TextExample.Preference("The cat", " sat on the mat.", " ran."), divided);
    String chats =
        """
        {"chosen": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}], "rejected": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "c"}]}
        """;
    TextExample.ChatPreference chat = (TextExample.ChatPreference) read(chats).examples().get(0);
    assertEquals(1, chat.prompt().size());
    assertEquals("c", chat.rejected().get(0).content());
  }

  @Test
  void longCompletionsAreCutOrRefused() throws IOException {
    String line =
        """
        {"prompt": "The cat", "chosen": " sat on the mat and the mat and the mat.", "rejected": " ran."}
        """;
    int most = model.tokenizer().encode("The cat").length + 2;
    PreferencePairs cut = pairs(line, most, SequenceLimits.Longer.CUT);
    assertEquals(1, cut.cut());
    assertEquals(most, cut.pairs().get(0).chosen().ids().length);
    assertTrue(cut.notes(new SequenceLimits(most, SequenceLimits.Longer.CUT, false)).size() == 1);
    assertTold("are the most", () -> pairs(line, most, SequenceLimits.Longer.REFUSE));
    assertTold("leaves no room", () -> pairs(line, most - 2, SequenceLimits.Longer.CUT));
  }

  @Test
  void whatIsNoPreferenceIsNamedWithItsLine() {
    assertTold(
        "pairs.jsonl line 2 has the same text as 'chosen' and as 'rejected'",
        () ->
            pairs(
                """
                {"prompt": "a", "chosen": "b", "rejected": "c"}
                {"prompt": "a", "chosen": "b", "rejected": "b"}
                """));
    assertTold(
        "line 1 has an empty text at 'rejected'",
        () -> pairs("{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"\"}\n"));
    assertTold(
        "is the beginning of the other",
        () -> pairs("{\"chosen\": \"a b\", \"rejected\": \"a b c\"}\n"));
    assertTold(
        "has no text at 'chosen'",
        () -> pairs("{\"prompt\": \"a\", \"chosen\": 3, \"rejected\": \"b\"}\n"));
    assertTold(
        "has no list of messages at 'rejected'",
        () ->
            pairs(
                "{\"chosen\": [{\"role\": \"assistant\", \"content\": \"b\"}], \"rejected\":"
                    + " \"c\"}\n"));
    assertTold("{\"prompt\", \"chosen\", \"rejected\"}", () -> pairs("{\"text\": \"a\"}\n"));
  }

  /** Other ways to learn do not take a pair for a text. */
  @Test
  void pairsAreNoTextsToLearn() throws IOException {
    TextDataSet data =
        read(
            """
            {"prompt": "a", "chosen": "b", "rejected": "c"}
            """);
    SequenceLimits limits = new SequenceLimits(10, SequenceLimits.Longer.CUT, false);
    assertTold("text align", () -> model.sequences(data, limits));
  }

  private interface Wrong {
    Object run() throws IOException;
  }

  private static void assertTold(String words, Wrong wrong) {
    String told = String.valueOf(assertThrows(RuntimeException.class, wrong::run).getMessage());
    assertTrue(told.contains(words), told);
  }
}
