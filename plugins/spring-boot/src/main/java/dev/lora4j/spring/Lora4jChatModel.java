package dev.lora4j.spring;

import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.SharedSession;
import dev.lora4j.text.pipeline.SharedText;
import java.util.List;
import java.util.UUID;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Schedulers;

/**
 * Language model with adapters, in this process, as a chat model of Spring AI. Several threads may
 * ask at once: their answers are generated together. Interrupting a thread or cancelling a stream
 * ends its answer.
 *
 * <p>A model without a chat template reads the messages one after the other. Tools, media and
 * OpenAI's penalties are refused with an {@link UnsupportedOperationException}.
 */
public final class Lora4jChatModel implements ChatModel {
  private final String name;
  private final SharedSession session;
  private final ChatPrompts prompts;

  Lora4jChatModel(
      String name, SharedSession session, NamedAdapters adapters, Lora4jProperties.Chat defaults) {
    this.name = name;
    this.session = session;
    this.prompts = new ChatPrompts(name, adapters, defaults);
  }

  /** Refuses properties that cannot be followed. */
  void requireDefaults() {
    prompts.of(new Prompt("x"));
  }

  /**
   * Answers.
   *
   * @throws IllegalArgumentException if the prompt cannot be read, or a value not used
   * @throws UnsupportedOperationException if an option cannot be honoured
   */
  @Override
  public ChatResponse call(Prompt prompt) {
    String id = UUID.randomUUID().toString();
    Completion done = session.submit(prompts.of(prompt)).await();
    return response(id, done.text(), done);
  }

  /**
   * Answers as the text comes; the last response has no text, but the reason of the end and the
   * numbers of tokens.
   */
  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    // The session's thread must not wait for whoever reads.
    return Flux.<ChatResponse>create(sink -> stream(prompt, sink))
        .publishOn(Schedulers.boundedElastic());
  }

  private void stream(Prompt prompt, FluxSink<ChatResponse> sink) {
    String id = UUID.randomUUID().toString();
    SharedText text = session.submit(prompts.of(prompt), piece -> sink.next(piece(id, piece)));
    sink.onCancel(text::cancel);
    text.completion()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                sink.next(response(id, "", done));
                sink.complete();
              } else {
                sink.error(failure);
              }
            });
  }

  private ChatResponse piece(String id, String text) {
    ChatResponseMetadata metadata = ChatResponseMetadata.builder().id(id).model(name).build();
    return new ChatResponse(List.of(new Generation(new AssistantMessage(text))), metadata);
  }

  private ChatResponse response(String id, String text, Completion done) {
    ChatGenerationMetadata ending =
        ChatGenerationMetadata.builder().finishReason(reason(done)).build();
    ChatResponseMetadata metadata =
        ChatResponseMetadata.builder()
            .id(id)
            .model(name)
            .usage(new DefaultUsage(done.promptTokens(), done.tokens().size()))
            .build();
    return new ChatResponse(List.of(new Generation(new AssistantMessage(text), ending)), metadata);
  }

  private static String reason(Completion done) {
    return switch (done.ending()) {
      case END, STOP -> "STOP";
      case LENGTH, CANCELLED -> done.ending().name();
    };
  }

  /** Empty: what is not said is as the properties say. */
  @Override
  public ChatOptions getOptions() {
    return Lora4jChatOptions.builder().build();
  }
}
