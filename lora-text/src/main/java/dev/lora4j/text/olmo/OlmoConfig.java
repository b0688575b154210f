package dev.lora4j.text.olmo;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.LayerRopes;
import dev.lora4j.text.network.LayerTypes;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.RotaryLayer;
import dev.lora4j.text.network.SlidingWindow;
import java.util.Collections;
import java.util.List;

/**
 * Sizes of an OLMo, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param layers attention of each layer
 * @param numAttentionHeads heads of queries
 * @param numKeyValueHeads heads of keys and values, each of which serves as many of the queries as
 *     there are
 * @param headDim width of a head
 * @param attentionBias whether layers of attention have biases
 * @param activation of the gate in feed-forward layers
 * @param maxPositionEmbeddings the longest sequence
 * @param rmsNormEps epsilon of norms
 * @param tied whether the head has the table of the embedding
 */
record OlmoConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    List<RotaryLayer> layers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    boolean attentionBias,
    Activation activation,
    int maxPositionEmbeddings,
    double rmsNormEps,
    boolean tied) {
  static final String OLMO2 = "olmo2";
  static final String OLMO3 = "olmo3";

  private static final String HEADS = "num_attention_heads";
  private static final String KEY_HEADS = "num_key_value_heads";
  private static final String WINDOW = "sliding_window";

  /** Of OLMo 3, if its configuration says nothing of it. */
  private static final double OLMO3_BASE = 500_000;

  private static final int OLMO3_WINDOW = 4096;

  /** One layer of so many sees all tokens. */
  private static final int PATTERN = 4;

  /** Copies its list. */
  OlmoConfig {
    layers = List.copyOf(layers);
  }

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static OlmoConfig read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size(HEADS);
    int keyHeads = sizes.size(KEY_HEADS, heads);
    sizes.share(HEADS, heads, KEY_HEADS, keyHeads);
    int headDim = sizes.headWidth(width, heads);
    int longest = sizes.size("max_position_embeddings", 2048);
    List<RotaryLayer> layers =
        layers(config, sizes.layers("num_hidden_layers"), RopeScaling.of(config, headDim, longest));
    return new OlmoConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        layers,
        heads,
        keyHeads,
        headDim,
        config.flag("attention_bias", false),
        Activation.read(config, "hidden_act", "silu"),
        RotaryLayer.longest(layers),
        sizes.epsilon("rms_norm_eps", 1e-5),
        config.flag("tie_word_embeddings", false));
  }

  private static List<RotaryLayer> layers(ConfigFile config, int count, RopeScaling how) {
    if (config.text("model_type", "").equals(OLMO2)) {
      Rope rope = how.read();
      return Collections.nCopies(count, new RotaryLayer(SlidingWindow.ALL, rope));
    }
    List<Boolean> sliding = LayerTypes.sliding(config, count, layer -> (layer + 1) % PATTERN != 0);
    ConfigSizes sizes = new ConfigSizes(config);
    SlidingWindow window =
        sliding.contains(true)
            ? SlidingWindow.of(config.states(WINDOW) ? sizes.size(WINDOW) : OLMO3_WINDOW)
            : SlidingWindow.ALL;
    return LayerRopes.read(how.withBase(OLMO3_BASE), OLMO3_BASE).layers(sliding, window);
  }
}
