package dev.lora4j.flow.layer;

import dev.lora4j.core.format.LayerList;

/**
 * The layers of Qwen3 4B (Yang et al. 2025) under their names in transformers, which are those of
 * ComfyUI too.
 */
public final class QwenLayers {
  /** Prefix of ComfyUI's text encoder. */
  public static final String PATH = "text_encoders.qwen3_4b.transformer";

  private static final int VOCABULARY = 151936;
  private static final int LAYERS = 36;
  private static final int WIDTH = 2560;
  private static final int INNER = 9728;
  private static final int HEAD = 128;
  private static final int QUERIES = 32 * HEAD;
  private static final int KEYS = 8 * HEAD;

  private QwenLayers() {}

  /** Adds them to a text encoder. */
  public static void list(LayerList encoder) {
    LayerList model = encoder.at("model");
    model.embedding("embed_tokens", VOCABULARY, WIDTH);
    for (int i = 0; i < LAYERS; i++) {
      LayerList layer = model.at("layers." + i);
      layer.scale("input_layernorm", "input_layernorm", WIDTH);
      LayerList attention = layer.at("self_attn");
      attention.unbiased("q_proj", QUERIES, WIDTH);
      attention.scale("q_norm", "q_norm", HEAD);
      attention.unbiased("k_proj", KEYS, WIDTH);
      attention.scale("k_norm", "k_norm", HEAD);
      attention.unbiased("v_proj", KEYS, WIDTH);
      attention.unbiased("o_proj", WIDTH, QUERIES);
      layer.scale("post_attention_layernorm", "post_attention_layernorm", WIDTH);
      LayerList forward = layer.at("mlp");
      forward.unbiased("gate_proj", INNER, WIDTH);
      forward.unbiased("up_proj", INNER, WIDTH);
      forward.unbiased("down_proj", WIDTH, INNER);
    }
    model.scale("norm", "norm", WIDTH);
  }
}
