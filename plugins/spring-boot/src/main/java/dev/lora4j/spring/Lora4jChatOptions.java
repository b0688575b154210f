package dev.lora4j.spring;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptionsBuilder;

/**
 * Options of chats with those that Spring AI has no name for. What is null is as the properties
 * say. Immutable.
 */
public final class Lora4jChatOptions extends DefaultChatOptions {
  private final @Nullable Long seed;
  private final @Nullable Double minP;
  private final @Nullable Double repetitionPenalty;
  private final @Nullable Map<String, Double> adapters;

  private Lora4jChatOptions(Builder builder) {
    super(
        builder.options().getModel(),
        builder.options().getFrequencyPenalty(),
        builder.options().getMaxTokens(),
        builder.options().getPresencePenalty(),
        builder.options().getStopSequences(),
        builder.options().getTemperature(),
        builder.options().getTopK(),
        builder.options().getTopP());
    seed = builder.seed;
    minP = builder.minP;
    repetitionPenalty = builder.repetitionPenalty;
    adapters = builder.adapters;
  }

  /** A builder of options that are as the properties say. */
  public static Builder builder() {
    return new Builder();
  }

  /** Seed of chance. */
  public @Nullable Long getSeed() {
    return seed;
  }

  /** Share of the likeliest token's probability, below which tokens are left out. */
  public @Nullable Double getMinP() {
    return minP;
  }

  /** Penalty for tokens that are there already. */
  public @Nullable Double getRepetitionPenalty() {
    return repetitionPenalty;
  }

  /** Weights of adapters by their names. */
  public @Nullable Map<String, Double> getAdapters() {
    return adapters;
  }

  @Override
  public Builder mutate() {
    return builder().with(this);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof Lora4jChatOptions that
        && Objects.equals(seed, that.seed)
        && Objects.equals(minP, that.minP)
        && Objects.equals(repetitionPenalty, that.repetitionPenalty)
        && Objects.equals(adapters, that.adapters);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), seed, minP, repetitionPenalty, adapters);
  }

  /** Builder of options. */
  public static final class Builder extends DefaultChatOptionsBuilder<Builder> {
    private @Nullable Long seed;
    private @Nullable Double minP;
    private @Nullable Double repetitionPenalty;
    private @Nullable Map<String, Double> adapters;

    private Builder() {}

    /** Those that all models have. */
    private ChatOptions options() {
      return super.build();
    }

    private Builder with(Lora4jChatOptions options) {
      model(options.getModel());
      frequencyPenalty(options.getFrequencyPenalty());
      maxTokens(options.getMaxTokens());
      presencePenalty(options.getPresencePenalty());
      stopSequences(options.getStopSequences());
      temperature(options.getTemperature());
      topK(options.getTopK());
      topP(options.getTopP());
      seed = options.seed;
      minP = options.minP;
      repetitionPenalty = options.repetitionPenalty;
      adapters = options.adapters;
      return this;
    }

    /** With a seed of chance. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Without tokens of less than this share of the likeliest one's probability. */
    public Builder minP(double share) {
      minP = share;
      return this;
    }

    /** With a penalty for tokens that are there already. */
    public Builder repetitionPenalty(double penalty) {
      repetitionPenalty = penalty;
      return this;
    }

    /** With these adapters alone, their weights by name. */
    public Builder adapters(Map<String, Double> weights) {
      adapters = Map.copyOf(weights);
      return this;
    }

    @Override
    public Builder combineWith(ChatOptions.Builder<?> other) {
      super.combineWith(other);
      if (other instanceof Builder that) {
        seed = that.seed == null ? seed : that.seed;
        minP = that.minP == null ? minP : that.minP;
        repetitionPenalty =
            that.repetitionPenalty == null ? repetitionPenalty : that.repetitionPenalty;
        adapters = that.adapters == null ? adapters : that.adapters;
      }
      return this;
    }

    @Override
    public Lora4jChatOptions build() {
      return new Lora4jChatOptions(this);
    }
  }
}
