package dev.lora4j.diffusion.family;

import dev.lora4j.core.format.LayerList;

/**
 * The layers of the encoder of T5 v1.1 XXL (Raffel et al. 2020; gated GELU of Shazeer 2020) under
 * their names in transformers, which are those of ComfyUI too. Its norms have no shift, its linear
 * layers no bias.
 */
public final class T5Layers {
  private static final int VOCABULARY = 32128;
  private static final int BLOCKS = 24;
  private static final int WIDTH = 4096;
  private static final int INNER = 10240;
  private static final int HEADS = 64;

  /** Distances between words are sorted into this many buckets. */
  private static final int DISTANCES = 32;

  private T5Layers() {}

  public static void list(LayerList encoder) {
    encoder.embedding("shared", VOCABULARY, WIDTH);
    for (int i = 0; i < BLOCKS; i++) {
      LayerList attention = encoder.at("encoder.block." + i + ".layer.0");
      attention.scale("layer_norm", "layer_norm", WIDTH);
      attention.unbiased("SelfAttention.q", WIDTH, WIDTH);
      attention.unbiased("SelfAttention.k", WIDTH, WIDTH);
      attention.unbiased("SelfAttention.v", WIDTH, WIDTH);
      attention.unbiased("SelfAttention.o", WIDTH, WIDTH);
      if (i == 0) {
        attention.embedding("SelfAttention.relative_attention_bias", DISTANCES, HEADS);
      }
      LayerList forward = encoder.at("encoder.block." + i + ".layer.1");
      forward.scale("layer_norm", "layer_norm", WIDTH);
      forward.unbiased("DenseReluDense.wi_0", INNER, WIDTH);
      forward.unbiased("DenseReluDense.wi_1", INNER, WIDTH);
      forward.unbiased("DenseReluDense.wo", WIDTH, INNER);
    }
    encoder.scale("encoder.final_layer_norm", "encoder.final_layer_norm", WIDTH);
  }
}
