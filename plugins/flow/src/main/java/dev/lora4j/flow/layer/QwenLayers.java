package dev.lora4j.flow.layer;

import dev.lora4j.core.format.LayerList;

/**
 * The layers of Qwen3 (Yang et al. 2025) of 36 layers under their names in transformers, which are
 * those of ComfyUI too.
 *
 * @param path prefix of ComfyUI's text encoder
 * @param width numbers of each token
 * @param inner width within feed-forward layers
 */
public record QwenLayers(String path, int width, int inner) {
  /** Qwen3 4B. */
  public static final QwenLayers QWEN3_4B =
      new QwenLayers("text_encoders.qwen3_4b.transformer", 2560, 9728);

  /** Qwen3 8B. */
  public static final QwenLayers QWEN3_8B =
      new QwenLayers("text_encoders.qwen3_8b.transformer", 4096, 12288);

  private static final int VOCABULARY = 151936;
  private static final int LAYERS = 36;
  private static final int HEAD = 128;
  private static final int QUERIES = 32 * HEAD;
  private static final int KEYS = 8 * HEAD;

  /** Adds them to a text encoder. */
  public void list(LayerList encoder) {
    LayerList model = encoder.at("model");
    model.embedding("embed_tokens", VOCABULARY, width);
    for (int i = 0; i < LAYERS; i++) {
      LayerList layer = model.at("layers." + i);
      layer.scale("input_layernorm", "input_layernorm", width);
      LayerList attention = layer.at("self_attn");
      attention.unbiased("q_proj", QUERIES, width);
      attention.scale("q_norm", "q_norm", HEAD);
      attention.unbiased("k_proj", KEYS, width);
      attention.scale("k_norm", "k_norm", HEAD);
      attention.unbiased("v_proj", KEYS, width);
      attention.unbiased("o_proj", width, QUERIES);
      layer.scale("post_attention_layernorm", "post_attention_layernorm", width);
      LayerList forward = layer.at("mlp");
      forward.unbiased("gate_proj", inner, width);
      forward.unbiased("up_proj", inner, width);
      forward.unbiased("down_proj", width, inner);
    }
    model.scale("norm", "norm", width);
  }
}
