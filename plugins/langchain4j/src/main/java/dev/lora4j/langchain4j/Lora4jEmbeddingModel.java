package dev.lora4j.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingParameter;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Encoder with adapters, in this process, as an embedding model of LangChain4j: vectors as
 * sentence-transformers makes them with the folder's {@code modules.json}; without that file, the
 * mean of a text's tokens. A text that is longer than the encoder reads is refused. Several threads
 * may ask at once.
 *
 * <p>Whoever builds it closes it.
 */
public final class Lora4jEmbeddingModel implements EmbeddingModel, AutoCloseable {
  private final OpenedResources opened;
  private final SentenceEncoder encoder;
  private final MixPlan mix;
  private final String name;

  private Lora4jEmbeddingModel(Builder builder) {
    opened = new OpenedResources();
    try {
      encoder = builder.opened(opened);
      mix = AdapterMixes.of(builder.adapters(), encoder::adapter);
      name = builder.name(encoder.model().base().path());
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** A builder; give it a base. */
  public static Builder builder() {
    return new Builder();
  }

  /** The encoder. */
  public SentenceEncoder encoder() {
    return encoder;
  }

  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    String asked = request.modelName();
    if (asked != null && !asked.equals(name)) {
      throw new ModelNotFoundException(
          "There is no model '" + asked + "' here, but '" + name + "'; leave modelName out.");
    }
    return response(request.inputs().stream().map(EmbeddingInput::text).toList());
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    EmbeddingResponse response = response(segments.stream().map(TextSegment::text).toList());
    return Response.from(response.embeddings(), response.tokenUsage());
  }

  private EmbeddingResponse response(List<String> texts) {
    try {
      List<EncoderText> read = texts.stream().map(t -> encoder.text(t).with(mix)).toList();
      int tokens = read.stream().mapToInt(text -> text.ids().length).sum();
      return EmbeddingResponse.builder()
          .embeddings(encoder.encode(read).stream().map(Embedding::from).toList())
          .modelName(name)
          .tokenUsage(new TokenUsage(tokens))
          .build();
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  @Override
  public Set<EmbeddingParameter<?>> supportedParameters() {
    return Set.of(EmbeddingRequestParameters.MODEL_NAME);
  }

  @Override
  public int dimension() {
    return encoder.width();
  }

  @Override
  public String modelName() {
    return name;
  }

  /** Frees what the model has loaded. */
  @Override
  public void close() {
    opened.close();
  }

  /** Builder of the model. */
  public static final class Builder extends ModelBuilder<Builder> {
    private Optional<SentenceEncoder> given = Optional.empty();

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /** Loaded encoder to use instead of loading one; its owner closes it. */
    public Builder encoder(SentenceEncoder open) {
      given = Optional.of(open);
      return this;
    }

    private SentenceEncoder opened(OpenedResources opened) {
      if (given.isPresent()) {
        requireNothingToLoad("The encoder");
        return given.get();
      }
      SentenceEncoder own = SentenceEncoder.open(library(opened), folder(), compute());
      opened.add(own::close);
      return own;
    }

    /**
     * Loads the model.
     *
     * @throws dev.lora4j.core.model.ModelException if the base is no encoder, or not whole
     * @throws dev.lora4j.core.adapter.AdapterException if an adapter does not fit it
     */
    public Lora4jEmbeddingModel build() {
      return new Lora4jEmbeddingModel(this);
    }
  }
}
