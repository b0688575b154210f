package dev.lora4j.text.t5;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import java.util.List;

/**
 * Sizes of a model that is built like T5, and its differences among them.
 *
 * @param vocabSize number of tokens
 * @param width of the layers
 * @param headWidth width of a head; heads together may be wider or narrower than the layers
 * @param feedForward width of feed-forward layers
 * @param encoderLayers number of layers of the encoder
 * @param decoderLayers number of layers of the decoder
 * @param heads of each attention
 * @param buckets of distances
 * @param furthest distance from which on all are in the last bucket
 * @param normEpsilon epsilon of norms
 * @param activation of feed-forward layers
 * @param gated whether a second linear layer is multiplied with the output of the activation
 * @param sharedPositions whether all layers share the position biases of the first one
 * @param scaledHead whether the head reads its input times 1/sqrt(width)
 * @param start token that outputs begin with
 */
public record T5Config(
    int vocabSize,
    int width,
    int headWidth,
    int feedForward,
    int encoderLayers,
    int decoderLayers,
    int heads,
    int buckets,
    int furthest,
    double normEpsilon,
    Activation activation,
    boolean gated,
    boolean sharedPositions,
    boolean scaledHead,
    int start) {
  private static final String MT5 = "mt5";
  private static final String UMT5 = "umt5";
  private static final String T5 = "t5";
  private static final String FEED_FORWARD = "feed_forward_proj";
  private static final String GATED = "gated-";

  /** A copy without a decoder: its sizes are 0. */
  T5Config encoder() {
    return new T5Config(
        vocabSize,
        width,
        headWidth,
        feedForward,
        encoderLayers,
        0,
        heads,
        buckets,
        furthest,
        normEpsilon,
        activation,
        gated,
        sharedPositions,
        false,
        0);
  }

  /** Values of {@code model_type} in configurations. */
  static List<String> kinds() {
    return List.of(T5, MT5, UMT5);
  }

  /** Reads the {@code config.json} of one of these models. */
  static T5Config read(ConfigFile config) {
    String kind = config.text("model_type", T5);
    String layers = config.text(FEED_FORWARD, kind.equals(T5) ? "relu" : "gated-gelu");
    ConfigSizes sizes = new ConfigSizes(config);
    int encoder = sizes.layers("num_layers");
    int buckets = sizes.size("relative_attention_num_buckets", 32);
    int furthest = sizes.size("relative_attention_max_distance", 128);
    // Half of the buckets are for one distance each, the rest for ranges up to the furthest.
    if (buckets < 4 || furthest <= buckets / 2) {
      throw new ModelException(
          config.file()
              + ": "
              + buckets
              + " of 'relative_attention_num_buckets' do not divide distances up to "
              + furthest
              + "; there should be 4 or more, and half of them less than the distance.");
    }
    return new T5Config(
        sizes.size("vocab_size"),
        sizes.size("d_model"),
        sizes.size("d_kv"),
        sizes.size("d_ff"),
        encoder,
        sizes.layers("num_decoder_layers", encoder),
        sizes.size("num_heads"),
        buckets,
        furthest,
        sizes.epsilon("layer_norm_epsilon", 1e-6),
        activation(config, layers),
        layers.startsWith(GATED),
        !kind.equals(UMT5),
        scaledHead(config, kind),
        config.integer("decoder_start_token_id", config.integer("pad_token_id", 0)));
  }

  /** Gated GELU is that of the tanh form, though its name without a gate is the exact one. */
  private static Activation activation(ConfigFile config, String layers) {
    String name =
        layers.equals("gated-gelu")
            ? "gelu_new"
            : layers.startsWith(GATED) ? layers.substring(GATED.length()) : layers;
    return Activation.named(config, FEED_FORWARD, name);
  }

  /** Scaling of the head's input; older configurations scale it where the tables are tied. */
  private static boolean scaledHead(ConfigFile config, String kind) {
    boolean tied = config.flag("tie_word_embeddings", true);
    return !kind.equals(MT5) && config.flag("scale_decoder_outputs", tied);
  }
}
