package dev.lora4j.core.model.text;

import java.util.Map;
import java.util.Optional;

/**
 * Frame of a prompt: what stands around its tokens where a text encoder reads it.
 *
 * @param chat switches of the chat template of the tokeniser, such as {@code enable_thinking},
 *     which the prompt is put into as the one message of a user, with the beginning of an answer
 *     behind it; absent for what the tokeniser itself puts around a text
 */
public record PromptFrame(Optional<Map<String, Boolean>> chat) {
  /** Frame of the tokens that the tokeniser itself puts around a text. */
  public static final PromptFrame PLAIN = new PromptFrame(Optional.empty());

  /** Copies the switches. */
  public PromptFrame {
    chat = chat.map(Map::copyOf);
  }

  /** The chat template of the tokeniser. */
  public static PromptFrame chat(Map<String, Boolean> switches) {
    return new PromptFrame(Optional.of(switches));
  }
}
