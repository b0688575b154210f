package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import java.util.List;

/**
 * Sizes of an encoder, and what it has beside its layers.
 *
 * @param vocabSize number of tokens
 * @param positions entries of the table of positions
 * @param firstPosition entry of the first token, which is not 0 for RoBERTa
 * @param types number of token types, for the texts of a row; 0 without types
 * @param embedding width of the tables' vectors
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
    int embedding,
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
    ConfigSizes sizes = new ConfigSizes(config);
    int positions = sizes.size("max_position_embeddings");
    int first = offset ? config.integer("pad_token_id", 1) + 1 : 0;
    if (first < 0 || first >= positions) {
      throw new ModelException(
          config.file()
              + ": 'pad_token_id' is "
              + (first - 1)
              + "; positions begin behind it, of which there are "
              + positions
              + ".");
    }
    int width = sizes.size("hidden_size");
    int heads = sizes.size("num_attention_heads");
    sizes.share("hidden_size", width, "num_attention_heads", heads);
    return new EncoderConfig(
        sizes.size("vocab_size"),
        positions,
        first,
        sizes.size("type_vocab_size", 2),
        width,
        width,
        sizes.layers("num_hidden_layers"),
        heads,
        sizes.size("intermediate_size"),
        Activation.read(config, "hidden_act", "gelu"),
        sizes.epsilon(EPSILON, 1e-12),
        labels.isEmpty() || headPools,
        labels);
  }

  /** Reads the {@code config.json} of an ELECTRA, which has no pooler. */
  static EncoderConfig electra(ConfigFile config, List<String> labels) {
    EncoderConfig bert = bert(config, labels, false, false);
    return bert.narrow(config, bert.activation, false);
  }

  /** Reads the {@code config.json} of an ALBERT. */
  static EncoderConfig albert(ConfigFile config, List<String> labels) {
    return bert(config, labels, false, true)
        .narrow(config, Activation.read(config, "hidden_act", "gelu_new"), true);
  }

  /** A copy with tables as wide as the file says. */
  private EncoderConfig narrow(ConfigFile config, Activation own, boolean pools) {
    return new EncoderConfig(
        vocabSize,
        positions,
        firstPosition,
        types,
        new ConfigSizes(config).size("embedding_size", 128),
        width,
        layers,
        heads,
        inner,
        own,
        epsilon,
        pools,
        labels);
  }

  /** Reads the {@code config.json} of a DistilBERT. */
  static EncoderConfig distilBert(ConfigFile config, List<String> labels) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("dim");
    int heads = sizes.size("n_heads");
    sizes.share("dim", width, "n_heads", heads);
    return new EncoderConfig(
        sizes.size("vocab_size"),
        sizes.size("max_position_embeddings", 512),
        0,
        0,
        width,
        width,
        sizes.layers("n_layers"),
        heads,
        sizes.size("hidden_dim"),
        Activation.read(config, "activation", "gelu"),
        1e-12,
        false,
        labels);
  }
}
