package dev.lora4j.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.SharedSession;
import dev.lora4j.text.pipeline.SharedText;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Session of a language model as LangChain4j's models ask it.
 *
 * @param name of the model
 * @param parameters of requests that say nothing else
 */
record ChatSession(
    String name,
    SharedSession session,
    ChatRequestParameters parameters,
    List<ChatModelListener> listeners) {
  /** Copies the list. */
  ChatSession {
    listeners = List.copyOf(listeners);
  }

  /**
   * Asks for an answer.
   *
   * @param listener receives it as it comes, on the session's thread
   * @throws dev.langchain4j.exception.LangChain4jException if the request cannot be honoured
   */
  SharedText submit(ChatRequest request, Consumer<String> listener) {
    TextPrompt prompt = new ChatPrompts(name).of(request);
    try {
      return session.submit(prompt, listener);
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  /** The answer that a completion is. */
  ChatResponse response(Completion done) {
    return ChatResponse.builder()
        .id(UUID.randomUUID().toString())
        .modelName(name)
        .aiMessage(AiMessage.from(done.text()))
        .tokenUsage(new TokenUsage(done.promptTokens(), done.tokens().size()))
        .finishReason(reason(done))
        .build();
  }

  private static FinishReason reason(Completion done) {
    return switch (done.ending()) {
      case END, STOP -> FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case CANCELLED -> FinishReason.OTHER;
    };
  }
}
