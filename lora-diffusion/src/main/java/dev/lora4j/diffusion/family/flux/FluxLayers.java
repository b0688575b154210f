package dev.lora4j.diffusion.family.flux;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.diffusion.family.JointLayers;

/**
 * The layers of the transformer of FLUX.1 under their names in diffusers and in Black Forest Labs'
 * code. FLUX.1 [schnell] lacks the embedder of the guidance.
 */
final class FluxLayers {
  private static final int WIDTH = 3072;
  private static final int HEAD = 128;
  private static final int DOUBLE = 19;
  private static final int SINGLE = 38;
  private static final int POOLED = 768;

  /** 2x2 patches of 16 channels. */
  private static final int PATCH = 64;

  private FluxLayers() {}

  static void list(LayerList model) {
    model.linear("x_embedder", "img_in", WIDTH, PATCH);
    embedder(model, "timestep_embedder", "time_in", JointLayers.SINES);
    embedder(model, "guidance_embedder", "guidance_in", JointLayers.SINES);
    embedder(model, "text_embedder", "vector_in", POOLED);
    model.linear("context_embedder", "txt_in", WIDTH, JointLayers.CONTEXT);
    for (int i = 0; i < DOUBLE; i++) {
      twoStreams(model.at("transformer_blocks." + i, "double_blocks." + i));
    }
    for (int i = 0; i < SINGLE; i++) {
      oneStream(model.at("single_transformer_blocks." + i, "single_blocks." + i));
    }
    JointLayers.last(model, PATCH, WIDTH);
  }

  private static void embedder(LayerList model, String name, String nativeName, int in) {
    JointLayers.embedder(
        model, name, nativeName + ".in_layer", nativeName + ".out_layer", in, WIDTH);
  }

  private static void twoStreams(LayerList block) {
    block.linear("norm1.linear", "img_mod.lin", 6L * WIDTH, WIDTH);
    block.linear("norm1_context.linear", "txt_mod.lin", 6L * WIDTH, WIDTH);
    JointLayers.fused(block, JointLayers.PICTURE, "img_attn.qkv", WIDTH);
    JointLayers.fused(block, JointLayers.WORDS, "txt_attn.qkv", WIDTH);
    block.scale("attn.norm_q", "img_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_k", "img_attn.norm.key_norm", HEAD);
    block.scale("attn.norm_added_q", "txt_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_added_k", "txt_attn.norm.key_norm", HEAD);
    block.linear("attn.to_out.0", "img_attn.proj", WIDTH, WIDTH);
    block.linear("attn.to_add_out", "txt_attn.proj", WIDTH, WIDTH);
    JointLayers.forward(block, "ff", "img_mlp.0", "img_mlp.2", WIDTH);
    JointLayers.forward(block, "ff_context", "txt_mlp.0", "txt_mlp.2", WIDTH);
  }

  private static void oneStream(LayerList block) {
    block.linear("norm.linear", "modulation.lin", 3L * WIDTH, WIDTH);
    JointLayers.fused(block, JointLayers.PICTURE, "linear1", WIDTH);
    block.rows("proj_mlp", "linear1", 3L * WIDTH, 4L * WIDTH, WIDTH);
    block.scale("attn.norm_q", "norm.query_norm", HEAD);
    block.scale("attn.norm_k", "norm.key_norm", HEAD);
    block.linear("proj_out", "linear2", WIDTH, 5L * WIDTH);
  }
}
