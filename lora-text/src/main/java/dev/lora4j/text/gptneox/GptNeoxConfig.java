package dev.lora4j.text.gptneox;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;

/**
 * Sizes of a GPT-NeoX, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads heads of attention
 * @param rope rotary embedding of positions
 * @param attentionBias whether layers of attention have biases
 * @param parallelResidual whether feed-forward layers read the stream before attention
 * @param activation within feed-forward layers
 * @param layerNormEps epsilon of norms
 * @param tied whether the head has the table of the embedding
 */
record GptNeoxConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    Rope rope,
    boolean attentionBias,
    boolean parallelResidual,
    Activation activation,
    double layerNormEps,
    boolean tied) {
  static final String TYPE = "gpt_neox";

  /** Share of a head that is turned, if a configuration says nothing of it. */
  private static final double PART = 0.25;

  /**
   * Reads the {@code config.json} of one of these models.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that cannot be computed
   */
  static GptNeoxConfig read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size("num_attention_heads");
    int longest = sizes.size("max_position_embeddings", 2048);
    int headDim = sizes.share("hidden_size", width, "num_attention_heads", heads);
    RopeScaling how =
        RopeScaling.of(config, headDim, longest)
            .withBase(config.real("rotary_emb_base", 10_000))
            .partly(config.real("rotary_pct", PART));
    return new GptNeoxConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        sizes.layers("num_hidden_layers"),
        heads,
        how.read(),
        config.flag("attention_bias", true),
        config.flag("use_parallel_residual", true),
        Activation.read(config, "hidden_act", "gelu"),
        sizes.epsilon("layer_norm_eps", 1e-5),
        config.flag("tie_word_embeddings", false));
  }
}
