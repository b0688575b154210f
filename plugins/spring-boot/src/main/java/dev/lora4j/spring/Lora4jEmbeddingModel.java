package dev.lora4j.spring;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.ArrayList;
import java.util.List;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.embedding.EmbeddingResponseMetadata;

/**
 * Encoder with adapters, in this process, as an embedding model of Spring AI: vectors as
 * sentence-transformers makes them with the folder's {@code modules.json}; without that file, the
 * mean of a text's tokens. A text that is longer than the encoder reads is refused.
 */
public final class Lora4jEmbeddingModel implements EmbeddingModel {
  private final String name;
  private final SentenceEncoder encoder;
  private final MixPlan mix;

  Lora4jEmbeddingModel(String name, SentenceEncoder encoder, MixPlan mix) {
    this.name = name;
    this.encoder = encoder;
    this.mix = mix;
  }

  /**
   * Encodes texts.
   *
   * @throws IllegalArgumentException if one has no tokens, or too many
   * @throws UnsupportedOperationException if an option cannot be honoured
   */
  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    EmbeddingOptions options = request.getOptions();
    if (options != null) {
      OptionSupport.requireModel(options.getModel(), name);
      OptionSupport.require(
          options.getDimensions() == null, "dimensions", "vectors have " + encoder.width());
    }
    List<EncoderText> texts =
        request.getInstructions().stream().map(text -> encoder.text(text).with(mix)).toList();
    List<Embedding> embeddings = new ArrayList<>();
    for (float[] vector : encoder.encode(texts)) {
      embeddings.add(new Embedding(vector, embeddings.size()));
    }
    int tokens = texts.stream().mapToInt(text -> text.ids().length).sum();
    return new EmbeddingResponse(
        embeddings, new EmbeddingResponseMetadata(name, new DefaultUsage(tokens, 0)));
  }

  @Override
  public float[] embed(Document document) {
    String text = document.getText();
    if (text == null) {
      throw new UnsupportedOperationException(
          "media of a document cannot be used with lora4j: the encoder reads texts alone. Leave it"
              + " out.");
    }
    return embed(text);
  }

  @Override
  public int dimensions() {
    return encoder.width();
  }
}
