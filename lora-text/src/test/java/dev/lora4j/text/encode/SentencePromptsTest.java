package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePromptsTest {
  @TempDir private Path folder;

  private SentencePrompts of(String config) throws IOException {
    Files.writeString(
        folder.resolve("config_sentence_transformers.json"), config.replace('\'', '"'));
    return SentencePrompts.of(folder);
  }

  @Test
  void folderWithoutPromptsHasNone() throws IOException {
    assertEquals(SentencePrompts.NONE, SentencePrompts.of(folder));
    assertEquals(
        SentencePrompts.NONE,
        of("{'prompts': {'query': '', 'document': ''}, 'default_prompt_name': null}"));
  }

  @Test
  void promptsAreThoseOfTheirUse() throws IOException {
    assertEquals(
        new SentencePrompts("", "query: ", "passage: "),
        of("{'prompts': {'query': 'query: ', 'passage': 'passage: '}}"));
    assertEquals(
        new SentencePrompts("sts: ", "query: ", "doc: "),
        of(
            "{'prompts': {'passage': 'passage: ', 'document': 'doc: ', 'query': 'query: ', 'sts': 'sts: '},"
                + " 'default_prompt_name': 'sts'}"));
    assertEquals(
        new SentencePrompts("q: ", "q: ", "q: "),
        of("{'prompts': {'any': 'q: '}, 'default_prompt_name': 'any'}"));
  }

  @Test
  void unknownDefaultIsRefused() {
    ModelException refused =
        assertThrows(
            ModelException.class,
            () -> of("{'prompts': {'query': 'q: '}, 'default_prompt_name': 'sts'}"));
    assertTrue(String.valueOf(refused.getMessage()).contains("[query]"), refused.getMessage());
  }
}
