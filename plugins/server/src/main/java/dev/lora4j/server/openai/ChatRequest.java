package dev.lora4j.server.openai;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Body of {@code POST /v1/chat/completions}.
 *
 * @param model name of a base, or of adapters on it
 * @param choices one prompt for each answer that was asked for, with seeds that count up
 * @param stream true to send the text as it comes
 * @param usageAtEnd true for one more event of a stream, with the numbers of tokens
 */
record ChatRequest(String model, List<TextPrompt> choices, boolean stream, boolean usageAtEnd) {
  private static final int MOST_CHOICES = 16;
  private static final int TOKENS = 512;

  /** The most likeliest tokens that an answer tells of. */
  static final int MOST_LIKELIEST = 20;

  /**
   * Reads the body.
   *
   * @throws FieldException if a field has a value that cannot be used
   */
  static ChatRequest of(JsonFields body) {
    List<ChatMessage> messages =
        body.list("messages", ChatRequest::message)
            .orElseThrow(() -> body.missing("messages", "a list of messages"));
    if (messages.isEmpty()) {
      throw new FieldException("messages", "messages must have at least one message.");
    }
    body.list("tools", (path, tool) -> tool)
        .filter(tools -> !tools.isEmpty())
        .ifPresent(
            tools -> {
              throw new FieldException("tools", "tools must be empty: no tools are called here.");
            });
    body.fields("response_format")
        .ifPresent(format -> ImageRequest.choice(format, "type", List.of("text")));
    TextPrompt prompt = SamplingFields.apply(body, TextPrompt.chat(messages), TOKENS);
    int likeliest = body.integer("top_logprobs", 0, MOST_LIKELIEST).orElse(0);
    if (body.flag("logprobs", false)) {
      prompt = prompt.logProbabilities(LogProbabilities.likeliest(likeliest));
    } else if (likeliest > 0) {
      throw new FieldException("top_logprobs", "top_logprobs needs logprobs to be true.");
    }
    return new ChatRequest(
        body.text("model").orElse(""),
        several(prompt, body.integer("n", 1, MOST_CHOICES).orElse(1)),
        body.flag("stream", false),
        body.fields("stream_options").map(o -> o.flag("include_usage", false)).orElse(false));
  }

  /** The same prompt with seeds that count up. */
  static List<TextPrompt> several(TextPrompt prompt, int count) {
    List<TextPrompt> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(prompt.seed(prompt.seed() + i));
    }
    return all;
  }

  private static ChatMessage message(String path, JsonElement value) {
    JsonFields message = JsonFields.fields(path, value);
    String role = message.requiredText("role");
    if (role.isBlank()) {
      throw new FieldException(path + ".role", path + ".role must not be blank.");
    }
    // The newer name of the same role.
    return new ChatMessage(role.equals("developer") ? ChatMessage.SYSTEM : role, content(message));
  }

  private static String content(JsonFields message) {
    return message
        .any("content")
        .filter(JsonPrimitive.class::isInstance)
        .map(text -> JsonFields.text(message.path("content"), text))
        .or(
            () ->
                message
                    .list("content", ChatRequest::part)
                    .map(parts -> parts.stream().collect(Collectors.joining())))
        .orElseThrow(() -> message.missing("content", "a text or a list of texts"));
  }

  private static String part(String path, JsonElement value) {
    JsonFields part = JsonFields.fields(path, value);
    String type = part.requiredText("type");
    if (!type.equals("text")) {
      throw new FieldException(
          path + ".type", path + ".type must be text: the model reads texts alone, found " + type);
    }
    return part.requiredText("text");
  }
}
