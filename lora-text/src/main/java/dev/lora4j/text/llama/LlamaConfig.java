package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;

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
 * @param slidingWindow sliding window of each layer
 * @param bias biases of linear layers
 * @param headNorm whether queries and keys are normed (Qwen3)
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
    List<SlidingWindow> slidingWindow,
    Bias bias,
    boolean headNorm,
    boolean tied) {
  private static final String HEADS = "num_attention_heads";

  /** Copies its list. */
  public LlamaConfig {
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

  /** Reads the {@code config.json} of one of these models. */
  static LlamaConfig read(ConfigFile config) {
    LlamaKind kind = LlamaKind.of(config.text("model_type", ""));
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size(HEADS);
    int longest = sizes.size("max_position_embeddings", kind.longest());
    int headDim =
        config.has("head_dim")
            ? sizes.size("head_dim")
            : kind.headDim(sizes.share("hidden_size", width, HEADS, heads));
    if (headDim % 2 != 0) {
      throw new ModelException(
          config.file()
              + ": heads are "
              + headDim
              + " wide; positions turn pairs, so that it should be even.");
    }
    config.require("hidden_act", "silu");
    config.require("pretraining_tp", "1");
    int layers = sizes.layers("num_hidden_layers");
    int keys = sizes.size("num_key_value_heads", heads);
    sizes.share(HEADS, heads, "num_key_value_heads", keys);
    return new LlamaConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        layers,
        heads,
        keys,
        headDim,
        longest,
        sizes.epsilon("rms_norm_eps", 1e-6),
        RopeScaling.read(config, headDim, longest),
        kind.slidingWindows(config, layers),
        kind.bias(config),
        kind == LlamaKind.QWEN3,
        config.flag("tie_word_embeddings", false));
  }
}
