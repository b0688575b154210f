package dev.lora4j.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.lora4j.text.pipeline.SharedSession;
import java.util.List;

/**
 * Language model with adapters, in this process, as a chat model of LangChain4j. Several threads
 * may ask at once: their answers are generated together. Interrupting a thread ends its answer with
 * a {@link java.util.concurrent.CancellationException}.
 *
 * <p>A model without a chat template reads the messages one after the other. Tools, response
 * formats and OpenAI's penalties are refused with an {@link
 * dev.langchain4j.exception.UnsupportedFeatureException}. Whoever builds it closes it.
 */
public final class Lora4jChatModel implements ChatModel, AutoCloseable {
  private final OpenedResources opened;
  private final ChatSession chats;

  private Lora4jChatModel(Builder builder) {
    opened = new OpenedResources();
    chats = builder.open(opened);
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
  public ChatResponse doChat(ChatRequest request) {
    return chats.response(chats.submit(request, piece -> {}).await());
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
    public Lora4jChatModel build() {
      return new Lora4jChatModel(this);
    }
  }
}
