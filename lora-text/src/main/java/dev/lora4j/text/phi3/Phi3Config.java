package dev.lora4j.text.phi3;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;

/**
 * Sizes of a Phi-3, in the names of transformers' configurations.
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
 * @param activation of the gate in feed-forward layers
 * @param rmsNormEps epsilon of norms
 * @param tied whether the head has the table of the embedding
 */
record Phi3Config(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    Rope rope,
    SlidingWindow window,
    Activation activation,
    double rmsNormEps,
    boolean tied) {
  static final String TYPE = "phi3";

  private static final String HEADS = "num_attention_heads";
  private static final String KEY_HEADS = "num_key_value_heads";
  private static final String WINDOW = "sliding_window";

  /** The longest sequence, and those of the first training, if a configuration names neither. */
  private static final int LENGTH = 4096;

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws ModelException if it has a setting that cannot be computed
   */
  static Phi3Config read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size(HEADS);
    int keyHeads = sizes.size(KEY_HEADS, heads);
    sizes.share(HEADS, heads, KEY_HEADS, keyHeads);
    int headDim = sizes.headWidth(width, heads);
    int longest = sizes.size("max_position_embeddings", LENGTH);
    double part = config.real("partial_rotary_factor", 1);
    RopeScaling how = RopeScaling.of(config, headDim, longest).withBefore(LENGTH).partly(part);
    return new Phi3Config(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        sizes.layers("num_hidden_layers"),
        heads,
        keyHeads,
        headDim,
        how.read(List.of("default", "longrope", "su")),
        config.has(WINDOW) ? SlidingWindow.of(sizes.size(WINDOW)) : SlidingWindow.ALL,
        Activation.read(config, "hidden_act", "silu"),
        sizes.epsilon("rms_norm_eps", 1e-5),
        config.flag("tie_word_embeddings", false));
  }
}
