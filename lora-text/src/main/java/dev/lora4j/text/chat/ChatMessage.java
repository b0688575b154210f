package dev.lora4j.text.chat;

/**
 * Message of one side of a conversation.
 *
 * @param role speaker: {@link #SYSTEM}, {@link #USER}, {@link #ASSISTANT}, or another role that the
 *     model's template knows
 * @param content the text
 */
public record ChatMessage(String role, String content) {
  /** Role of instructions for the model. */
  public static final String SYSTEM = "system";

  /** Whoever talks to the model. */
  public static final String USER = "user";

  /** The model. */
  public static final String ASSISTANT = "assistant";

  /** Refuses a role without a name. */
  public ChatMessage {
    if (role.isBlank()) {
      throw new IllegalArgumentException("A message of a chat needs a role, such as 'user'.");
    }
  }

  /** A message with instructions for the model. */
  public static ChatMessage system(String content) {
    return new ChatMessage(SYSTEM, content);
  }

  /** A message to the model. */
  public static ChatMessage user(String content) {
    return new ChatMessage(USER, content);
  }

  /** A message of the model. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(ASSISTANT, content);
  }
}
