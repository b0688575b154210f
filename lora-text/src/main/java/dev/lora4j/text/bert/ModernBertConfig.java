package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import dev.lora4j.text.network.LayerRopes;
import dev.lora4j.text.network.LayerTypes;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.RotaryLayer;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;

/**
 * Sizes of a ModernBERT, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param hiddenSize width of the stream between layers
 * @param intermediateSize width within feed-forward layers
 * @param heads of attention
 * @param layers window and rotary embedding of each layer; a window counts tokens on either side
 * @param longest the longest sequence
 * @param normEps epsilon of norms
 * @param activation within feed-forward layers
 * @param bias which layers have biases
 * @param head of classes
 */
record ModernBertConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int heads,
    List<RotaryLayer> layers,
    int longest,
    double normEps,
    Activation activation,
    Bias bias,
    Head head) {
  private static final double GLOBAL_BASE = 160_000;
  private static final double LOCAL_BASE = 10_000;

  /** Copies its list. */
  ModernBertConfig {
    layers = List.copyOf(layers);
  }

  /**
   * Biases.
   *
   * @param attention those of linear layers of attention
   * @param feedForward those of feed-forward layers
   * @param norm those of norms
   */
  record Bias(boolean attention, boolean feedForward, boolean norm) {}

  /**
   * Head of classes.
   *
   * @param mean whether it reads the mean of the tokens, and not the first one
   * @param bias whether its first layer has a bias
   * @param activation behind that
   */
  record Head(boolean mean, boolean bias, Activation activation) {}

  /** Reads the {@code config.json}. */
  static ModernBertConfig read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size("num_attention_heads");
    int headWidth = sizes.headWidth(width, heads);
    int longest = sizes.size("max_position_embeddings", 8192);
    int layers = sizes.layers("num_hidden_layers");
    int every = sizes.size("global_attn_every_n_layers", 3);
    List<Boolean> near = LayerTypes.sliding(config, layers, layer -> layer % every != 0);
    RopeScaling how =
        RopeScaling.of(config, headWidth, longest)
            .withBase(config.real("global_rope_theta", GLOBAL_BASE));
    LayerRopes ropes = LayerRopes.read(how, config.real("local_rope_theta", LOCAL_BASE));
    String pooling = config.text("classifier_pooling", "cls");
    if (!pooling.equals("cls") && !pooling.equals("mean")) {
      throw new ModelException(
          "%s: 'classifier_pooling' is '%s'; known are cls and mean."
              .formatted(config.file(), pooling));
    }
    // Half of the window on either side, as the configuration counts both.
    int half = sizes.size("local_attention", 128) / 2;
    return new ModernBertConfig(
        sizes.size("vocab_size"),
        width,
        sizes.size("intermediate_size"),
        heads,
        ropes.layers(near, SlidingWindow.of(half)),
        longest,
        sizes.epsilon("norm_eps", 1e-5),
        Activation.read(config, "hidden_activation", "gelu"),
        new Bias(
            config.flag("attention_bias", false),
            config.flag("mlp_bias", false),
            config.flag("norm_bias", false)),
        new Head(
            pooling.equals("mean"),
            config.flag("classifier_bias", false),
            Activation.read(config, "classifier_activation", "gelu")));
  }
}
