package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.text.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnsweredPromptsTest {
  private static final ChatMessage WHO = new ChatMessage("user", "Who?");
  private static final ChatMessage ME = new ChatMessage(ChatMessage.ASSISTANT, "Me.");
  private static final String ASKED = "{\"role\": \"user\", \"content\": \"Who?\"}";
  private static final String SAID = "{\"role\": \"assistant\", \"content\": \"Me.\"}";

  @TempDir private Path folder;

  private AnsweredPrompts read(String... lines) throws IOException {
    return AnsweredPrompts.read(
        Files.writeString(folder.resolve("answers.jsonl"), String.join("\n", lines)));
  }

  @Test
  void allFormsAreRead() throws IOException {
    AnsweredPrompts found =
        read(
            "{\"prompt\": \"The cat\", \"completion\": \" sat\", \"mark\": 3}",
            "{\"prompt\": [%s], \"completion\": [%s]}".formatted(ASKED, SAID),
            "{\"messages\": [%s, %s]}".formatted(ASKED, SAID));
    TextExample chat = new TextExample.ChatJudged(List.of(WHO), List.of(ME), true);
    assertEquals(
        List.of(new TextExample.Judged("The cat", " sat", true), chat, chat),
        found.answers().examples());
    PromptLine first = found.prompts().prompts().get(0);
    assertEquals("The cat", first.text());
    assertEquals(3L, first.columns().get("mark"));
    assertEquals(List.of(WHO), found.prompts().prompts().get(1).messages());
    assertEquals(List.of(WHO), found.prompts().prompts().get(2).messages());
    assertTrue(found.answers().places().get(2).toString().endsWith("line 3"));
  }

  /** Prompts that are held out have no completion, and the others keep theirs. */
  @Test
  void splitIsThatOfPrompts() throws IOException {
    String[] lines = new String[10];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "{\"prompt\": \"p%d\", \"completion\": \"c%d\"}".formatted(i, i);
    }
    AnsweredPrompts all = read(lines);
    AnsweredPrompts.Split split = all.split(0.3, 4);
    assertEquals(all.prompts().split(0.3, 4).validation(), split.validation());
    assertEquals(3, split.validation().prompts().size());
    for (int i = 0; i < 7; i++) {
      String prompt = split.training().prompts().prompts().get(i).text();
      assertEquals(
          new TextExample.Judged(prompt, prompt.replace('p', 'c'), true),
          split.training().answers().examples().get(i));
    }
    assertEquals(10, all.split(0, 4).training().prompts().prompts().size());
  }

  @Test
  void linesWithoutACompletionAreListed() {
    String said =
        String.valueOf(
            assertThrows(
                    TextDataException.class,
                    () ->
                        read(
                            "{\"prompt\": \"a\"}",
                            "{\"prompt\": \"a\", \"completion\": \" \"}",
                            "{\"prompt\": \"a\", \"completion\": [%s]}".formatted(SAID),
                            "{\"prompt\": [%s], \"completion\": \"b\"}".formatted(ASKED),
                            "{\"messages\": [%s, %s]}".formatted(SAID, ASKED),
                            "{\"messages\": [%s]}".formatted(SAID),
                            "{\"messages\": \"a\"}",
                            "{\"completion\": \"b\"}"))
                .getMessage());
    assertTrue(said.contains("line 1 has no 'completion' to learn"), said);
    assertTrue(said.contains("line 2 has an empty text at 'completion'"), said);
    assertTrue(said.contains("line 3 has no text at 'completion'"), said);
    assertTrue(said.contains("line 4 has no list of messages at 'completion'"), said);
    for (int line : new int[] {5, 6, 7}) {
      assertTrue(
          said.contains("line " + line + " has no list of messages at 'messages' whose"), said);
    }
    assertTrue(said.contains("line 8 has no 'prompt'"), said);
    assertEquals(8, said.lines().count() - 1, said);
  }

  @Test
  void numbersOfPromptsAndAnswersAreChecked() throws IOException {
    AnsweredPrompts one = read("{\"prompt\": \"a\", \"completion\": \"b\"}");
    assertThrows(
        IllegalArgumentException.class, () -> new AnsweredPrompts(PromptSet.NONE, one.answers()));
  }
}
