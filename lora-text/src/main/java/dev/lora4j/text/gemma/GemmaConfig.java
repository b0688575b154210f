package dev.lora4j.text.gemma;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.RotaryLayer;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Sizes of a Gemma, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param layers attention of each layer
 * @param numAttentionHeads heads of queries
 * @param numKeyValueHeads heads of keys and values, each of which serves as many of the queries as
 *     there are
 * @param headDim width of a head
 * @param headNorm whether queries and keys are normed (Gemma 3)
 * @param queryPreAttnScalar products of queries and keys are divided by its square root
 * @param attentionCap bound of attention's scores (Gemma 2)
 * @param attentionBias whether layers of attention have biases
 * @param activation of the gate in feed-forward layers
 * @param maxPositionEmbeddings the longest sequence
 * @param rmsNormEps epsilon of norms
 * @param logitCap bound of the logits (Gemma 2)
 * @param tied whether the head has the table of the embedding
 */
record GemmaConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    List<RotaryLayer> layers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    boolean headNorm,
    int queryPreAttnScalar,
    OptionalDouble attentionCap,
    boolean attentionBias,
    Activation activation,
    int maxPositionEmbeddings,
    double rmsNormEps,
    OptionalDouble logitCap,
    boolean tied) {
  private static final String HEADS = "num_attention_heads";
  private static final String KEY_HEADS = "num_key_value_heads";
  private static final int HEAD_DIM = 256;

  /** Copies its list. */
  GemmaConfig {
    layers = List.copyOf(layers);
  }

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static GemmaConfig read(ConfigFile config) {
    GemmaKind kind = GemmaKind.of(config);
    config.require("use_bidirectional_attention", "false");
    ConfigSizes sizes = new ConfigSizes(config);
    int heads = sizes.size(HEADS);
    int keyHeads = sizes.size(KEY_HEADS);
    sizes.share(HEADS, heads, KEY_HEADS, keyHeads);
    int width = sizes.size("hidden_size");
    int headDim = config.has("head_dim") ? sizes.headWidth(width, heads) : HEAD_DIM;
    int longest = sizes.size("max_position_embeddings", kind.longest());
    List<RotaryLayer> layers =
        kind.layers(config, sizes.layers("num_hidden_layers"), headDim, longest);
    return new GemmaConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        layers,
        heads,
        keyHeads,
        headDim,
        kind.headNorm(),
        sizes.size("query_pre_attn_scalar", HEAD_DIM),
        kind.attentionCap(config),
        config.flag("attention_bias", false),
        Activation.read(config, "hidden_activation", "gelu_pytorch_tanh"),
        RotaryLayer.longest(layers),
        sizes.epsilon("rms_norm_eps", 1e-6),
        kind.logitCap(config),
        config.flag("tie_word_embeddings", true));
  }
}
