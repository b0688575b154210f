package dev.lora4j.diffusion.family;

import dev.lora4j.core.format.LayerList;

/**
 * The layers of a CLIP text encoder (Radford et al. 2021) under their names in transformers, which
 * are those of ComfyUI too.
 *
 * @param layers how many layers the family has of it
 * @param width width of hidden states
 * @param inner width inside the feed-forward parts
 * @param projection whether the projection of the pooled state is part of it
 */
public record ClipLayers(int layers, int width, int inner, boolean projection) {
  private static final int VOCABULARY = 49408;
  private static final int POSITIONS = 77;

  /** OpenAI's CLIP ViT-L/14. */
  public static final ClipLayers L = new ClipLayers(12, 768, 3072, false);

  /** OpenCLIP's ViT-H/14 without its last layer, whose result Stable Diffusion 2 does not use. */
  public static final ClipLayers H = new ClipLayers(23, 1024, 4096, false);

  /** OpenCLIP's ViT-bigG/14. */
  public static final ClipLayers G = new ClipLayers(32, 1280, 5120, true);

  /** A copy of the encoder with its projection. */
  public ClipLayers projected() {
    return new ClipLayers(layers, width, inner, true);
  }

  public void list(LayerList encoder) {
    LayerList text = encoder.at("text_model");
    text.embedding("embeddings.token_embedding", VOCABULARY, width);
    text.embedding("embeddings.position_embedding", POSITIONS, width);
    for (int i = 0; i < layers; i++) {
      LayerList layer = text.at("encoder.layers." + i);
      layer.norm("layer_norm1", width);
      layer.linear("self_attn.q_proj", width, width);
      layer.linear("self_attn.k_proj", width, width);
      layer.linear("self_attn.v_proj", width, width);
      layer.linear("self_attn.out_proj", width, width);
      layer.norm("layer_norm2", width);
      layer.linear("mlp.fc1", inner, width);
      layer.linear("mlp.fc2", width, inner);
    }
    text.norm("final_layer_norm", width);
    if (projection) {
      encoder.unbiased("text_projection", width, width);
    }
  }
}
