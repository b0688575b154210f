package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Sizes of a LLaMA, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads heads of queries
 * @param numKeyValueHeads heads of keys and values, each of which serves as many of the queries as
 *     there are
 * @param headDim width of a head
 * @param maxPositionEmbeddings the longest sequence
 * @param rmsNormEps epsilon of norms
 * @param rope rotary embedding of positions
 * @param turned for each layer, whether queries and keys are turned by their positions (not in all
 *     of SmolLM3)
 * @param slidingWindow sliding window of each layer
 * @param bias biases of linear layers
 * @param headNorm whether queries and keys are normed (Qwen3)
 * @param scales what values are scaled with (Granite)
 * @param tied whether the head has the table of the embedding
 */
public record LlamaConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    int maxPositionEmbeddings,
    double rmsNormEps,
    Rope rope,
    List<Boolean> turned,
    List<SlidingWindow> slidingWindow,
    Bias bias,
    boolean headNorm,
    Scales scales,
    boolean tied) {
  private static final String HEADS = "num_attention_heads";

  /** Copies its lists. */
  public LlamaConfig {
    turned = List.copyOf(turned);
    slidingWindow = List.copyOf(slidingWindow);
  }

  /**
   * Biases of linear layers.
   *
   * @param inputs those of queries, keys and values
   * @param output that of attention's output
   * @param feedForward those of feed-forward layers
   */
  public record Bias(boolean inputs, boolean output, boolean feedForward) {}

  /**
   * Factors of a network's values.
   *
   * @param embedding of the embedded tokens
   * @param residual of what layers add to the stream
   * @param attention of products of queries and keys; 1/sqrt(width of a head) if absent
   * @param logits what logits are divided by
   */
  public record Scales(double embedding, double residual, OptionalDouble attention, double logits) {
    /** Those of all but Granite. */
    public static final Scales NONE = new Scales(1, 1, OptionalDouble.empty(), 1);
  }

  /** Reads the {@code config.json} of one of these models. */
  static LlamaConfig read(ConfigFile config) {
    LlamaKind kind = LlamaKind.of(config.text("model_type", ""));
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size(HEADS);
    int longest = sizes.size("max_position_embeddings", kind.longest());
    int headDim = kind.headDim(config, width, heads);
    config.require("hidden_act", "silu");
    if (kind == LlamaKind.LLAMA) { // SmolLM3's files have 2, which is of no effect
      config.require("pretraining_tp", "1");
    }
    int layers = sizes.layers("num_hidden_layers");
    int keys = sizes.size("num_key_value_heads", heads);
    sizes.share(HEADS, heads, "num_key_value_heads", keys);
    Rope rope = RopeScaling.of(config, headDim, longest).withBase(kind.base()).read();
    List<Boolean> turned = kind.turned(config, layers);
    return new LlamaConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        layers,
        heads,
        keys,
        headDim,
        rope.longest(),
        sizes.epsilon("rms_norm_eps", 1e-6),
        rope,
        turned,
        kind.slidingWindows(config, turned),
        kind.bias(config),
        kind == LlamaKind.QWEN3,
        kind.scales(config),
        config.flag("tie_word_embeddings", kind == LlamaKind.SMOLLM3));
  }
}
