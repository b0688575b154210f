package dev.lora4j.whisper.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;

/**
 * Sizes of a Whisper, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param mels bands of the spectra
 * @param places of an encoded recording, each of two frames
 * @param positions tokens of the longest transcript
 * @param width of the layers
 * @param encoder sizes of the encoder's layers
 * @param decoder sizes of the decoder's layers
 * @param activation of feed-forward layers
 * @param scaledEmbedding whether embedded tokens are multiplied with the root of the width
 * @param tied whether the head has the table of the tokens
 * @param start token that transcripts begin with
 */
public record WhisperConfig(
    int vocabSize,
    int mels,
    int places,
    int positions,
    int width,
    Stack encoder,
    Stack decoder,
    Activation activation,
    boolean scaledEmbedding,
    boolean tied,
    int start) {
  private static final int MOST_PLACES = 1 << 16;

  /**
   * Sizes of a stack of layers.
   *
   * @param layers how many
   * @param heads of each attention
   * @param feedForward width within feed-forward layers
   */
  public record Stack(int layers, int heads, int feedForward) {}

  /** Reads the {@code config.json} of a Whisper. */
  static WhisperConfig read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("d_model");
    return new WhisperConfig(
        sizes.size("vocab_size"),
        sizes.size("num_mel_bins", 80),
        config.within("max_source_positions", 1, MOST_PLACES, 1500),
        sizes.size("max_target_positions", 448),
        width,
        stack(sizes, "encoder", width),
        stack(sizes, "decoder", width),
        Activation.read(config, "activation_function", "gelu"),
        config.flag("scale_embedding", false),
        config.flag("tie_word_embeddings", true),
        config.integer("decoder_start_token_id", 50257));
  }

  private static Stack stack(ConfigSizes sizes, String part, int width) {
    String heads = part + "_attention_heads";
    int count = sizes.size(heads);
    sizes.share("d_model", width, heads, count);
    return new Stack(sizes.layers(part + "_layers"), count, sizes.size(part + "_ffn_dim"));
  }

  /** Frames of a spectrum. */
  public int frames() {
    return 2 * places;
  }
}
