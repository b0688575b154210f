package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prompt that a model answers itself, with what else its line has.
 *
 * @param text the prompt; empty with a conversation
 * @param messages a conversation, whose next message the model writes; else none
 * @param columns the other values of the line by their keys, in order: texts, numbers ({@link Long}
 *     or {@link Double}), truth values, lists and maps of these; none that is null
 */
public record PromptLine(String text, List<ChatMessage> messages, Map<String, Object> columns) {
  /** Copies the collections. */
  public PromptLine {
    messages = List.copyOf(messages);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /** A text without columns. */
  public static PromptLine of(String text) {
    return new PromptLine(text, List.of(), Map.of());
  }
}
