package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.network.Activation;
import java.util.List;

/**
 * Sizes of an encoder, and what it has beside its layers.
 *
 * @param vocabSize number of tokens
 * @param positions entries of the table of positions
 * @param firstPosition entry of the first token, which is not 0 for RoBERTa
 * @param types how many texts are told apart in a row; 0 if that is not
 * @param width of a token's vector
 * @param layers number of layers
 * @param heads of attention
 * @param inner width within feed-forward layers
 * @param activation within feed-forward layers
 * @param epsilon of norms
 * @param pooler whether there is a layer for the vector of a whole text
 * @param labels names of the classes; none if there is no head
 */
public record EncoderConfig(
    int vocabSize,
    int positions,
    int firstPosition,
    int types,
    int width,
    int layers,
    int heads,
    int inner,
    Activation activation,
    double epsilon,
    boolean pooler,
    List<String> labels) {
  private static final String EPSILON = "layer_norm_eps";

  /** Copies its list. */
  public EncoderConfig {
    labels = List.copyOf(labels);
  }

  /**
   * Reads the {@code config.json} of a BERT or RoBERTa.
   *
   * @param offset whether positions begin behind the padding's id
   * @param headPools whether the head reads what the pooler gives
   */
  static EncoderConfig bert(
      ConfigFile config, List<String> labels, boolean offset, boolean headPools) {
    config.require("position_embedding_type", "absolute");
    config.require("is_decoder", "false");
    config.require("add_cross_attention", "false");
    return new EncoderConfig(
        config.integer("vocab_size"),
        config.integer("max_position_embeddings"),
        offset ? config.integer("pad_token_id", 1) + 1 : 0,
        config.integer("type_vocab_size", 2),
        config.integer("hidden_size"),
        config.integer("num_hidden_layers"),
        config.integer("num_attention_heads"),
        config.integer("intermediate_size"),
        Activation.read(config, "hidden_act", "gelu"),
        config.real(EPSILON, 1e-12),
        labels.isEmpty() || headPools,
        labels);
  }

  /** Reads the {@code config.json} of a DistilBERT. */
  static EncoderConfig distilBert(ConfigFile config, List<String> labels) {
    return new EncoderConfig(
        config.integer("vocab_size"),
        config.integer("max_position_embeddings", 512),
        0,
        0,
        config.integer("dim"),
        config.integer("n_layers"),
        config.integer("n_heads"),
        config.integer("hidden_dim"),
        Activation.read(config, "activation", "gelu"),
        1e-12,
        false,
        labels);
  }
}
