package dev.lora4j.text.starcoder2;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.SlidingWindow;

/**
 * Sizes of a StarCoder2, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads heads of queries
 * @param numKeyValueHeads heads of keys and values, each of which serves as many of the queries as
 *     there are
 * @param headDim width of a head
 * @param rope rotary embedding of positions
 * @param window sliding window of all layers
 * @param bias whether linear layers have biases
 * @param activation within feed-forward layers
 * @param normEpsilon epsilon of norms
 * @param tied whether the head has the table of the embedding
 */
record Starcoder2Config(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    Rope rope,
    SlidingWindow window,
    boolean bias,
    Activation activation,
    double normEpsilon,
    boolean tied) {
  static final String TYPE = "starcoder2";

  private static final String HEADS = "num_attention_heads";
  private static final String KEY_HEADS = "num_key_value_heads";
  private static final String WINDOW = "sliding_window";

  /** The longest sequence, if a configuration names none. */
  private static final int LENGTH = 4096;

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws ModelException if it has a setting that cannot be computed
   */
  static Starcoder2Config read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size(HEADS);
    int keyHeads = sizes.size(KEY_HEADS, heads);
    sizes.share(HEADS, heads, KEY_HEADS, keyHeads);
    int headDim = sizes.headWidth(width, heads);
    int longest = sizes.size("max_position_embeddings", LENGTH);
    return new Starcoder2Config(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        sizes.layers("num_hidden_layers"),
        heads,
        keyHeads,
        headDim,
        RopeScaling.of(config, headDim, longest).read(),
        config.has(WINDOW) ? SlidingWindow.of(sizes.size(WINDOW)) : SlidingWindow.ALL,
        config.flag("use_bias", true),
        Activation.read(config, "hidden_act", "gelu_pytorch_tanh"),
        sizes.epsilon("norm_epsilon", 1e-5),
        config.flag("tie_word_embeddings", true));
  }
}
