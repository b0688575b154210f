package dev.lora4j.text.opt;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;

/**
 * Sizes of an OPT, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param wordWidth width of tokens before and behind the layers
 * @param inner width within feed-forward layers
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads heads of attention
 * @param maxPositionEmbeddings the longest sequence
 * @param normBefore whether norms are before layers, not behind the sums with the stream
 * @param normLast whether there is a norm behind the last layer
 * @param bias whether linear layers have biases
 * @param activation within feed-forward layers
 * @param tied whether the head has the table of the embedding
 */
record OptConfig(
    int vocabSize,
    int hiddenSize,
    int wordWidth,
    int inner,
    int numHiddenLayers,
    int numAttentionHeads,
    int maxPositionEmbeddings,
    boolean normBefore,
    boolean normLast,
    boolean bias,
    Activation activation,
    boolean tied) {
  static final String TYPE = "opt";

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static OptConfig read(ConfigFile config) {
    config.require("layer_norm_elementwise_affine", "true");
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size("num_attention_heads");
    sizes.share("hidden_size", width, "num_attention_heads", heads);
    boolean before = config.flag("do_layer_norm_before", true);
    return new OptConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("word_embed_proj_dim", width),
        sizes.size("ffn_dim"),
        sizes.layers("num_hidden_layers"),
        heads,
        sizes.size("max_position_embeddings", 2048),
        before,
        before && !config.flag("_remove_final_layer_norm", false),
        config.flag("enable_bias", true),
        Activation.read(config, "activation_function", "relu"),
        config.flag("tie_word_embeddings", true));
  }
}
