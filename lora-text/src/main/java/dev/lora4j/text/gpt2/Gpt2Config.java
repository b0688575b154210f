package dev.lora4j.text.gpt2;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;

/**
 * Sizes of a GPT-2, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param positions the longest sequence
 * @param width of the stream between layers
 * @param layers number of layers
 * @param heads of attention
 * @param inner width within feed-forward layers
 * @param activation within feed-forward layers
 * @param epsilon of norms
 * @param scores how attention's scores are scaled
 * @param tied whether the head has the table of the embedding
 */
public record Gpt2Config(
    int vocabSize,
    int positions,
    int width,
    int layers,
    int heads,
    int inner,
    Activation activation,
    double epsilon,
    Scores scores,
    boolean tied) {
  /**
   * Scaling of attention's scores.
   *
   * @param byWidth by 1 / sqrt(width of a head)
   * @param byLayer by 1 / number of the layer, counted from 1, as well
   */
  public record Scores(boolean byWidth, boolean byLayer) {}

  /** Reads the {@code config.json} of a GPT-2. */
  static Gpt2Config read(ConfigFile config) {
    config.require("add_cross_attention", "false");
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("n_embd");
    int heads = sizes.size("n_head");
    sizes.share("n_embd", width, "n_head", heads);
    return new Gpt2Config(
        sizes.size("vocab_size"),
        sizes.size("n_positions", 1024),
        width,
        sizes.layers("n_layer"),
        heads,
        sizes.size("n_inner", 4 * width),
        Activation.read(config, "activation_function", "gelu_new"),
        sizes.epsilon("layer_norm_epsilon", 1e-5),
        new Scores(
            config.flag("scale_attn_weights", true),
            config.flag("scale_attn_by_inverse_layer_idx", false)),
        config.flag("tie_word_embeddings", true));
  }
}
