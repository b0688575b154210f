package dev.lora4j.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.lora4j.text.pipeline.SharedSession;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@link Lora4jChatModel} that tells its answers as they come. A handler is called on a thread of
 * its own answer, so that one that is slow or asks the model again keeps no other answer waiting.
 *
 * <p>The streaming handle of {@code onPartialResponse} ends an answer before its next token; the
 * handler is not called any more then. Whoever builds it closes it.
 */
public final class Lora4jStreamingChatModel implements StreamingChatModel, AutoCloseable {
  private final OpenedResources opened = new OpenedResources();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Lora4jStreamingChatModel::daemon);
  private final ChatSession chats;

  private Lora4jStreamingChatModel(Builder builder) {
    // Closed last: a handler still receives that the session was closed.
    opened.add(threads::shutdown);
    chats = builder.open(opened);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "lora4j-stream");
    thread.setDaemon(true);
    return thread;
  }

  /** A builder; give it a base or a session. */
  public static Builder builder() {
    return new Builder();
  }

  /** The session that generates the answers, for other models of the same base. */
  public SharedSession session() {
    return chats.session();
  }

  @Override
  public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
    StreamedAnswer answer = new StreamedAnswer(chats, handler, threads);
    answer.begin(chats.submit(request, answer::piece));
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return chats.parameters();
  }

  @Override
  public List<ChatModelListener> listeners() {
    return chats.listeners();
  }

  /** Ends the answers that are not done, and frees what the model has loaded. */
  @Override
  public void close() {
    opened.close();
  }

  /** Builder of the model. */
  public static final class Builder extends ChatModelBuilder<Builder> {
    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Loads the model.
     *
     * @throws dev.lora4j.core.model.ModelException if the base is no language model, or not whole
     * @throws dev.lora4j.core.adapter.AdapterException if an adapter does not fit it
     */
    public Lora4jStreamingChatModel build() {
      return new Lora4jStreamingChatModel(this);
    }
  }
}
