package dev.lora4j.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.lora4j.core.mix.MixPlan;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Parameters of a chat with those that LangChain4j has no name for. Immutable. */
public final class Lora4jChatRequestParameters extends DefaultChatRequestParameters {
  private final @Nullable Long seed;
  private final @Nullable Double minP;
  private final @Nullable Double repetitionPenalty;
  private final @Nullable MixPlan mix;

  private Lora4jChatRequestParameters(Builder builder) {
    super(builder);
    seed = builder.seed;
    minP = builder.minP;
    repetitionPenalty = builder.repetitionPenalty;
    mix = builder.mix;
  }

  /** A builder without parameters. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same parameters, with ours. */
  static Lora4jChatRequestParameters of(ChatRequestParameters parameters) {
    return builder().overrideWith(parameters).build();
  }

  /** Seed of chance; another one each time if there is none. */
  public OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  /** Share of the likeliest token's probability, below which tokens are left out. */
  public OptionalDouble minP() {
    return minP == null ? OptionalDouble.empty() : OptionalDouble.of(minP);
  }

  /** What makes tokens that are there already less likely, above 1. */
  public OptionalDouble repetitionPenalty() {
    return repetitionPenalty == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(repetitionPenalty);
  }

  /** The adapters. */
  public Optional<MixPlan> mix() {
    return Optional.ofNullable(mix);
  }

  @Override
  public ChatRequestParameters overrideWith(ChatRequestParameters that) {
    return builder().overrideWith(this).overrideWith(that).build();
  }

  @Override
  public ChatRequestParameters defaultedBy(ChatRequestParameters that) {
    return builder().overrideWith(that).overrideWith(this).build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof Lora4jChatRequestParameters that
        && Objects.equals(seed, that.seed)
        && Objects.equals(minP, that.minP)
        && Objects.equals(repetitionPenalty, that.repetitionPenalty)
        && Objects.equals(mix, that.mix);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), seed, minP, repetitionPenalty, mix);
  }

  @Override
  public String toString() {
    return super.toString()
        + " seed="
        + seed
        + " minP="
        + minP
        + " repetitionPenalty="
        + repetitionPenalty
        + " mix="
        + mix;
  }

  /** Builder of parameters. */
  public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {
    private @Nullable Long seed;
    private @Nullable Double minP;
    private @Nullable Double repetitionPenalty;
    private @Nullable MixPlan mix;

    private Builder() {}

    /** With a seed of chance. */
    public Builder seed(long other) {
      seed = other;
      return this;
    }

    /** Without tokens of less than this share of the likeliest one's probability. */
    public Builder minP(double share) {
      minP = share;
      return this;
    }

    /** With a penalty for what is there already. */
    public Builder repetitionPenalty(double penalty) {
      repetitionPenalty = penalty;
      return this;
    }

    /** With these adapters instead of the model's; {@link MixPlan#NONE} for the base alone. */
    public Builder mix(MixPlan adapters) {
      mix = adapters;
      return this;
    }

    @Override
    public Builder overrideWith(ChatRequestParameters that) {
      super.overrideWith(that);
      if (that instanceof Lora4jChatRequestParameters own) {
        seed = own.seed == null ? seed : own.seed;
        minP = own.minP == null ? minP : own.minP;
        repetitionPenalty =
            own.repetitionPenalty == null ? repetitionPenalty : own.repetitionPenalty;
        mix = own.mix == null ? mix : own.mix;
      }
      return this;
    }

    @Override
    public Lora4jChatRequestParameters build() {
      return new Lora4jChatRequestParameters(this);
    }
  }
}
