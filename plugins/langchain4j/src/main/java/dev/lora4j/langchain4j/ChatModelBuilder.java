package dev.lora4j.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SharedSession;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Builder of a model that chats: how its session works, and parameters of requests that say nothing
 * else. Without them an answer has at most 512 tokens, drawn at the temperature 1 by another seed
 * each time.
 *
 * @param <B> the builder itself
 */
public abstract class ChatModelBuilder<B extends ChatModelBuilder<B>> extends ModelBuilder<B> {
  private static final int ROWS = 8;

  private final Lora4jChatRequestParameters.Builder parameters =
      Lora4jChatRequestParameters.builder();
  private Optional<SharedSession> session = Optional.empty();
  private Optional<CacheLimits> room = Optional.empty();
  private OptionalInt context = OptionalInt.empty();
  private List<ChatModelListener> listeners = List.of();

  /** For the builders of this package. */
  ChatModelBuilder() {}

  /**
   * Session to ask instead of loading a base, for example that of another model; its owner closes
   * it.
   */
  public B session(SharedSession open) {
    session = Optional.of(open);
    return self();
  }

  /** How many texts are generated at once, and what they keep; 8 texts if this is not called. */
  public B room(CacheLimits limits) {
    room = Optional.of(limits);
    return self();
  }

  /**
   * Tokens of the longest text that a base with {@code longrope} is to read; the length of its
   * first training if this is not called.
   */
  public B context(int tokens) {
    context = OptionalInt.of(tokens);
    return self();
  }

  /** Temperature: 0 takes the likeliest token always. */
  public B temperature(double value) {
    parameters.temperature(value);
    return self();
  }

  /** Probability of the likeliest tokens together that are drawn from. */
  public B topP(double share) {
    parameters.topP(share);
    return self();
  }

  /** Number of the likeliest tokens that are drawn from; 0 for all. */
  public B topK(int count) {
    parameters.topK(count);
    return self();
  }

  /** Share of the likeliest token's probability, below which tokens are left out. */
  public B minP(double share) {
    parameters.minP(share);
    return self();
  }

  /** Penalty for tokens that are there already; 1 for none. */
  public B repetitionPenalty(double penalty) {
    parameters.repetitionPenalty(penalty);
    return self();
  }

  /** The most tokens of an answer. */
  public B maxOutputTokens(int count) {
    parameters.maxOutputTokens(count);
    return self();
  }

  /** Texts at which an answer ends, without them. */
  public B stopSequences(List<String> texts) {
    parameters.stopSequences(texts);
    return self();
  }

  /** Seed of chance; another one for each request if this is not called. */
  public B seed(long value) {
    parameters.seed(value);
    return self();
  }

  /** Parameters of requests that say nothing else; those that were given before stay. */
  public B defaultRequestParameters(ChatRequestParameters others) {
    parameters.overrideWith(others);
    return self();
  }

  /** Listeners of requests and answers. */
  public B listeners(List<ChatModelListener> all) {
    listeners = List.copyOf(all);
    return self();
  }

  /** Opens what was not given. */
  final ChatSession open(OpenedResources opened) {
    try {
      SharedSession shared = session.isPresent() ? given(session.get()) : loaded(opened);
      LanguageModel model = shared.model();
      if (!adapters().isEmpty()) {
        MixPlan mix = AdapterMixes.of(adapters(), model::adapter);
        parameters.mix(mix);
      }
      return new ChatSession(name(model.base().path()), shared, parameters.build(), listeners);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private SharedSession given(SharedSession open) {
    requireNothingToLoad("The session");
    if (room.isPresent()) {
      throw new IllegalArgumentException("The session has its room already; leave room out.");
    }
    if (context.isPresent()) {
      throw new IllegalArgumentException("The session has its context already; leave context out.");
    }
    return open;
  }

  private TextLoadOptions loading() {
    TextLoadOptions plain = TextLoadOptions.in(compute());
    return context.isPresent() ? plain.withContext(context.getAsInt()) : plain;
  }

  private SharedSession loaded(OpenedResources opened) {
    LanguageModel model = LanguageModel.open(library(opened), folder(), loading());
    opened.add(model::close);
    SharedSession own = SharedSession.open(model, room.orElse(CacheLimits.rows(ROWS)));
    opened.add(own::close);
    return own;
  }
}
