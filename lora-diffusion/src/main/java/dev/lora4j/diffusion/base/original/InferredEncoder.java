package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.clip.ClipTextConfig;

/**
 * The sizes of a text encoder, from the names and shapes of its weights. Heads have width 64 in all
 * of CLIP's published text encoders; OpenAI's have the quick form of GELU, OpenCLIP's the exact
 * one.
 */
final class InferredEncoder {
  private static final int HEAD_WIDTH = 64;

  private final KeyTree keys;
  private final TextEncoderLocation place;

  InferredEncoder(KeyTree keys, TextEncoderLocation place) {
    this.keys = keys;
    this.place = place;
  }

  /**
   * The sizes.
   *
   * @param unused layers at the end that are not used
   * @param pooled whether its pooled text is used
   */
  ClipTextConfig config(int unused, boolean pooled) {
    String tokens = first("token_embedding.weight", "embeddings.token_embedding.weight");
    String positions = first("positional_embedding", "embeddings.position_embedding.weight");
    String layers = first("transformer.resblocks.", "encoder.layers.");
    String inner = layers + "0." + (place.ownNames() ? "mlp.c_fc.weight" : "mlp.fc1.weight");
    int width = keys.size(tokens, 1);
    if (width % HEAD_WIDTH != 0) {
      throw keys.refused(
          "a text encoder is "
              + width
              + " wide, from which the heads of its attention cannot be told. Give the folder with"
              + " its configuration (--base-config).");
    }
    int count = keys.count(layers) - unused;
    if (count < 1) {
      throw keys.refused("a text encoder has too few layers below " + layers + " .");
    }
    return new ClipTextConfig(
        keys.size(tokens, 0),
        width,
        keys.size(inner, 0),
        count,
        width / HEAD_WIDTH,
        keys.size(positions, 0),
        1e-5,
        !place.openClip(),
        pooled ? pooled() : 0);
  }

  /** Width of the pooled text, whose projection lies as [in, out], or as a linear layer. */
  int pooled() {
    String projection = place.prefix() + (place.renamed() ? "text_model." : "") + "text_projection";
    return keys.has(projection) ? keys.size(projection, 1) : keys.size(projection + ".weight", 0);
  }

  private String first(String openClip, String transformers) {
    if (place.ownNames()) {
      return place.prefix() + openClip;
    }
    String level = place.prefix() + "text_model.";
    return keys.below(level + transformers) ? level + transformers : place.prefix() + transformers;
  }
}
