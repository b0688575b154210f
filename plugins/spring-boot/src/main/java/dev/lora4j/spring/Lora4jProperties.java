package dev.lora4j.spring;

import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties below {@code lora4j}. One that is not known fails the start.
 *
 * @param base Base that makes pictures: a folder in the layout of diffusers, or a checkpoint in one
 *     file. It brings the ImageModel.
 * @param text Language model: a folder in the layout of transformers. It brings the ChatModel.
 * @param encoder Encoder of texts: a folder of a BERT. It brings the EmbeddingModel.
 * @param adapters Folder in which adapters are found by their names; without it names are paths.
 * @param device Where networks are computed: cpu, cuda, cuda:N or auto.
 * @param threads Threads inside one operator; all that the process may use if this is not given.
 * @param compute Type that networks are computed in: f32 or bf16.
 * @param image Pictures of requests that say nothing else.
 * @param chat Answers to requests that say nothing else.
 * @param embedding Embeddings.
 */
@ConfigurationProperties(prefix = "lora4j", ignoreUnknownFields = false)
public record Lora4jProperties(
    @Nullable Path base,
    @Nullable Path text,
    @Nullable Path encoder,
    @Nullable Path adapters,
    @DefaultValue("cpu") String device,
    @Nullable Integer threads,
    @DefaultValue("f32") DType compute,
    @DefaultValue Image image,
    @DefaultValue Chat chat,
    @DefaultValue Embedding embedding) {
  /**
   * Properties below {@code lora4j.image}.
   *
   * @param adapters Weights of adapters by their names.
   * @param width Width in pixels; the base's own if this is not given.
   * @param height Height in pixels; the base's own if this is not given.
   * @param steps Number of steps; as an adapter for few steps says, or else 20, if this is not
   *     given.
   * @param guidanceScale Guidance scale; as an adapter for few steps says, or else the base's own,
   *     if this is not given.
   * @param negativePrompt Text that pictures must not show.
   * @param sampler Name of the sampler; as an adapter for few steps says, or else the base's own,
   *     if this is not given.
   * @param seed Seed of the first picture; another one for each request if this is not given.
   */
  public record Image(
      @DefaultValue Map<String, Double> adapters,
      @Nullable Integer width,
      @Nullable Integer height,
      @Nullable Integer steps,
      @Nullable Double guidanceScale,
      @DefaultValue("") String negativePrompt,
      @DefaultValue("") String sampler,
      @Nullable Long seed) {}

  /**
   * Properties below {@code lora4j.chat}.
   *
   * @param adapters Weights of adapters by their names.
   * @param temperature Temperature; 0 takes the likeliest token always.
   * @param topP Probability of the likeliest tokens together that are drawn from.
   * @param topK Number of the likeliest tokens that are drawn from; 0 for all.
   * @param minP Share of the likeliest token's probability, below which tokens are left out.
   * @param repetitionPenalty Penalty for tokens that are there already; 1 for none.
   * @param maxTokens The most tokens of an answer.
   * @param stopSequences Texts at which an answer ends, without them.
   * @param seed Seed of chance; another one for each request if this is not given.
   * @param rows How many answers are generated at once at most.
   * @param prefixCache Room for what was computed of prompts that begin alike.
   * @param context Tokens of the longest text that a base with longrope is to read; the length of
   *     its first training if this is not given.
   */
  public record Chat(
      @DefaultValue Map<String, Double> adapters,
      @DefaultValue("1") double temperature,
      @DefaultValue("1") double topP,
      @DefaultValue("0") int topK,
      @DefaultValue("0") double minP,
      @DefaultValue("1") double repetitionPenalty,
      @DefaultValue("512") int maxTokens,
      @DefaultValue List<String> stopSequences,
      @Nullable Long seed,
      @DefaultValue("8") int rows,
      @DefaultValue("0B") DataSize prefixCache,
      @Nullable Integer context) {}

  /**
   * Properties below {@code lora4j.embedding}.
   *
   * @param adapters Weights of adapters by their names.
   */
  public record Embedding(@DefaultValue Map<String, Double> adapters) {}
}
