package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.chat.ChatTemplate;
import dev.lora4j.text.data.SequenceLimits.Longer;
import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TinyTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a vocabulary of LLaMA's kind: 1 begins a text, 2 ends it, 264 is red, 261 fox. */
class TokenSequencesTest {
  private static final SequenceLimits CUT = new SequenceLimits(64, Longer.CUT, false);

  @TempDir private Path folder;
  private TextTokenizer tokenizer;

  @BeforeEach
  void load() throws IOException {
    tokenizer = TextTokenizer.load(TinyTokenizers.llama(folder));
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void allOfATextIsLearned() {
    TokenSequence sequence = one(TextForm.TEXT, new TextExample.Plain("red fox"));
    assertArrayEquals(new int[] {1, 264, 261, 2}, sequence.ids());
    assertEquals(3, sequence.learned());
  }

  @Test
  void completionAndEndOfAPromptAreLearned() {
    TokenSequence sequence = one(TextForm.COMPLETION, new TextExample.Completion("red", " fox"));
    assertArrayEquals(new int[] {1, 264, 261, 2}, sequence.ids());
    assertArrayEquals(new boolean[] {false, false, true, true}, sequence.counted());
    // What reaches across the border is learned.
    TokenSequence across = one(TextForm.COMPLETION, new TextExample.Completion("red f", "ox"));
    assertArrayEquals(new boolean[] {false, false, true, true}, across.counted());
  }

  /** Without an end token among what is learned, a model would never stop. */
  @Test
  void answersWithoutAnEndAreTold() {
    String body = "{%% for m in messages %%}[{{ m.role }}]{{ m.content }}%s{%% endfor %%}";
    String answer = "{% if add_generation_prompt %}[assistant]{% endif %}";
    List<ChatMessage> turns =
        List.of(
            ChatMessage.user("one?"),
            ChatMessage.assistant("red fox"),
            ChatMessage.user("two?"),
            ChatMessage.assistant("ox"));
    TextDataSet data = new TextDataSet(TextForm.CHAT, List.of(new TextExample.Chat(turns)));
    SequenceLimits limits = new SequenceLimits(64, SequenceLimits.Longer.CUT, false);
    String ended = "{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}";
    String once = "{% if loop.last %}{{ eos_token }}{% endif %}";
    for (String end : List.of(ended, once, "")) {
      ChatTemplate template = ChatTemplate.of(body.formatted(end) + answer, tokenizer.special());
      TokenSequences all = TokenSequences.of(data, tokenizer, template, limits);
      assertEquals(end.equals(ended) ? 0 : 1, all.open(), end);
      assertEquals(
          !end.equals(ended),
          all.notes(limits).stream().anyMatch(n -> n.contains("does not learn to stop")),
          end);
    }
  }

  /** On published templates: what is learned, decoded, is each answer with its end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "chatml",
        "qwen2",
        "qwen25",
        "smollm2",
        "llama2",
        "llama3",
        "mistral",
        "mistral-v1",
        "zephyr",
        "gemma",
        "phi3"
      })
  void answersOfAConversationAreLearned(String name) throws IOException {
    Path file = Path.of("src/test/resources/chat-templates", name + ".jinja");
    ChatTemplate template = ChatTemplate.of(Files.readString(file), tokenizer.special());
    List<ChatMessage> messages =
        List.of(
            ChatMessage.user("one?"),
            ChatMessage.assistant("red fox"),
            ChatMessage.user("two?"),
            ChatMessage.assistant("ox"));
    TokenSequence sequence = ChatSpans.sequence(messages, template, tokenizer);
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < sequence.ids().length; i++) {
      if (sequence.counted()[i]) {
        part.append(tokenizer.token(sequence.ids()[i]).orElseThrow());
      }
      if (part.length() > 0 && (!sequence.counted()[i] || i == sequence.ids().length - 1)) {
        parts.add(bytes(part.toString()));
        part.setLength(0);
      }
    }
    assertEquals(2, parts.size(), parts::toString);
    assertTrue(parts.get(0).strip().startsWith("red fox"), parts::toString);
    assertTrue(parts.get(1).strip().startsWith("ox"), parts::toString);
    assertTrue(
        parts.stream().noneMatch(each -> each.contains("?") || each.contains("user")),
        parts::toString);
    String end =
        switch (name) {
          case "llama2", "mistral", "mistral-v1", "zephyr" -> "</s>";
          case "llama3" -> "<|eot_id|>";
          case "gemma" -> "<end_of_turn>";
          case "phi3" -> "<|end|>";
          default -> "<|im_end|>";
        };
    assertTrue(parts.stream().allMatch(each -> each.contains(end)), parts::toString);
  }

  @Test
  void anAnswerThatTheTemplateRewritesIsRefused() throws IOException {
    Path file = Path.of("src/test/resources/chat-templates/qwen3.jinja");
    ChatTemplate template = ChatTemplate.of(Files.readString(file), tokenizer.special());
    List<ChatMessage> turns =
        List.of(
            ChatMessage.user("a"),
            ChatMessage.assistant("b"),
            ChatMessage.user("c"),
            ChatMessage.assistant("d"));
    TextDataSet data = new TextDataSet(TextForm.CHAT, List.of(new TextExample.Chat(turns)));
    String message =
        assertThrows(
                TextDataException.class, () -> TokenSequences.of(data, tokenizer, template, CUT))
            .getMessage();
    assertTrue(message.contains("example 1 the chat template writes answer 2"), message);
    assertTrue(ChatSpans.sequence(turns.subList(0, 2), template, tokenizer).learned() > 0);
  }

  @Test
  void conversationsNeedATemplate() {
    TextDataSet data =
        new TextDataSet(
            TextForm.CHAT, List.of(new TextExample.Chat(List.of(ChatMessage.assistant("a")))));
    String message =
        assertThrows(IllegalArgumentException.class, () -> TokenSequences.of(data, tokenizer, CUT))
            .getMessage();
    assertTrue(message.contains("has no chat template, which conversations need"), message);
  }

  @Test
  void classesAreNumberedByName() {
    TokenSequences found =
        TokenSequences.of(
            new TextDataSet(
                TextForm.LABELLED,
                List.of(
                    new TextExample.Labelled("red", "b"),
                    new TextExample.Labelled("fox", "a"),
                    new TextExample.Labelled("ox", "b"))),
            tokenizer,
            CUT);
    assertEquals(List.of("a", "b"), found.labels());
    assertEquals(List.of(1, 0, 1), found.sequences().stream().map(TokenSequence::label).toList());
  }

  @Test
  void subsetKeepsTheClassNumbers() {
    TextDataSet part =
        new TextDataSet(TextForm.LABELLED, List.of(new TextExample.Labelled("red", "b")));
    List<String> whole = List.of("a", "b");
    TokenSequences found = TokenSequences.of(part, tokenizer, CUT, whole);
    assertEquals(1, found.sequences().get(0).label());
    String message =
        assertThrows(
                TextDataException.class,
                () -> TokenSequences.of(part, tokenizer, CUT, List.of("a")))
            .getMessage();
    assertTrue(message.contains("example 1 has the class 'b', which is none of [a]."), message);
  }

  @Test
  void aPairHasBothSides() {
    TokenSequence pair = one(TextForm.PAIR, new TextExample.Pair("red", "fox"));
    assertArrayEquals(new int[] {1, 264}, pair.ids());
    assertArrayEquals(new int[] {1, 261, 2}, pair.target());
    assertEquals(3, pair.length());
  }

  @Test
  void longTextsAreTruncatedOrRefused() {
    TextDataSet data =
        new TextDataSet(
            TextForm.TEXT,
            List.of(new TextExample.Plain("red"), new TextExample.Plain("red fox red fox")));
    TokenSequences cut =
        TokenSequences.of(data, tokenizer, new SequenceLimits(4, Longer.CUT, false));
    assertEquals(1, cut.cut());
    assertArrayEquals(new int[] {1, 264, 261, 264}, cut.sequences().get(1).ids());
    SequenceLimits refuse = new SequenceLimits(4, Longer.REFUSE, false);
    String message =
        assertThrows(TextDataException.class, () -> TokenSequences.of(data, tokenizer, refuse))
            .getMessage();
    assertTrue(message.contains("example 2 has 6 tokens, and 4 are the most."), message);
    assertThrows(IllegalArgumentException.class, () -> new SequenceLimits(1, Longer.CUT, false));
  }

  @Test
  void examplesTruncatedBeforeTheCompletionAreRefused() {
    TextDataSet data =
        new TextDataSet(
            TextForm.COMPLETION, List.of(new TextExample.Completion("red fox red fox", " ox")));
    String message =
        assertThrows(
                TextDataException.class,
                () -> TokenSequences.of(data, tokenizer, new SequenceLimits(4, Longer.CUT, false)))
            .getMessage();
    assertTrue(
        message.contains("example 1 has nothing to learn or to score within 4 tokens."), message);
  }

  @Test
  void packedTextsAreJoinedAndCutIntoBlocks() {
    TextDataSet data =
        new TextDataSet(
            TextForm.TEXT,
            List.of(new TextExample.Plain("red fox"), new TextExample.Plain("fox red red")));
    TokenSequences packed =
        TokenSequences.of(data, tokenizer, new SequenceLimits(4, Longer.CUT, true));
    List<List<Integer>> blocks =
        packed.sequences().stream().map(s -> Arrays.stream(s.ids()).boxed().toList()).toList();
    assertEquals(List.of(List.of(1, 264, 261, 2), List.of(1, 261, 264, 264)), blocks);
    assertEquals(1, packed.dropped());
    assertThrows(
        IllegalArgumentException.class,
        () -> TokenSequences.of(data, tokenizer, new SequenceLimits(40, Longer.CUT, true)));
  }

  private TokenSequence one(TextForm form, TextExample example) {
    TextDataSet data = new TextDataSet(form, List.of(example));
    return TokenSequences.of(data, tokenizer, CUT).sequences().get(0);
  }

  /** Pieces as text, with those that are bytes as these. */
  private static String bytes(String pieces) {
    String text = pieces.replace('\u2581', ' ');
    for (String piece : Stream.of(text.split("(?=<0x)")).toList()) {
      if (piece.startsWith("<0x")) {
        String shown = piece.substring(0, 6);
        text =
            text.replace(shown, String.valueOf((char) Integer.parseInt(shown.substring(3, 5), 16)));
      }
    }
    return text;
  }
}
