package dev.lora4j.core.format.family;

import java.util.List;

/**
 * Common parts of the transformers of Stable Diffusion 3 and FLUX: streams of words and of patches
 * of the picture that meet in attention (MMDiT, Esser et al. 2024).
 */
final class JointLayers {
  /** Width of the sines that stand for a timestep. */
  static final int SINES = 256;

  /** Width of T5's hidden states. */
  static final int CONTEXT = 4096;

  static final List<String> PICTURE = List.of("attn.to_q", "attn.to_k", "attn.to_v");
  static final List<String> WORDS =
      List.of("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj");

  private JointLayers() {}

  /** Square layers, one below the other in a native one. */
  static void fused(LayerList at, List<String> names, String nativeName, int width) {
    for (int i = 0; i < names.size(); i++) {
      at.rows(names.get(i), nativeName, (long) i * width, width, width);
    }
  }

  /** The feed-forward part of a stream. */
  static void forward(LayerList at, String name, String first, String second, int width) {
    at.linear(name + ".net.0.proj", first, 4L * width, width);
    at.linear(name + ".net.2", second, width, 4L * width);
  }

  /** Adds the embedder of the timestep, the pooled text or the guidance. */
  static void embedder(
      LayerList model, String name, String first, String second, int in, int width) {
    model.linear("time_text_embed." + name + ".linear_1", first, width, in);
    model.linear("time_text_embed." + name + ".linear_2", second, width, width);
  }

  /** Scale and shift before the last layer; the original has shift first. */
  static void last(LayerList model, int out, int width) {
    model.swapped("norm_out.linear", "final_layer.adaLN_modulation.1", 2L * width, width);
    model.linear("proj_out", "final_layer.linear", out, width);
  }
}
