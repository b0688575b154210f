package dev.lora4j.diffusion.family.sd3;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.List;

/**
 * The layers of the transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024) under their names
 * in diffusers and in Stability AI's code.
 *
 * @param blocks joint blocks; the model is 64 channels wide for each of them
 * @param normed whether queries and keys are normalised
 * @param dual how many of the first blocks have a second attention, of the picture alone
 */
record Sd3Layers(int blocks, boolean normed, int dual) {
  private static final int LATENTS = 16;
  private static final int PATCH = 2;
  private static final int HEAD = 64;
  private static final int POOLED = 2048;

  private static final List<String> SECOND = List.of("attn2.to_q", "attn2.to_k", "attn2.to_v");

  void list(LayerList model) {
    int width = width();
    model.convolution("pos_embed.proj", "x_embedder.proj", width, LATENTS, PATCH, PATCH, 0);
    JointLayers.embedder(
        model,
        "timestep_embedder",
        "t_embedder.mlp.0",
        "t_embedder.mlp.2",
        JointLayers.SINES,
        width);
    JointLayers.embedder(
        model, "text_embedder", "y_embedder.mlp.0", "y_embedder.mlp.2", POOLED, width);
    model.linear("context_embedder", width, JointLayers.CONTEXT);
    for (int i = 0; i < blocks; i++) {
      LayerList block = model.at("transformer_blocks." + i, "joint_blocks." + i);
      picture(block, i < dual);
      if (i < blocks - 1) {
        words(block);
      } else {
        lastWords(block);
      }
    }
    JointLayers.last(model, PATCH * PATCH * LATENTS, width);
  }

  private int width() {
    return HEAD * blocks;
  }

  private void picture(LayerList block, boolean twice) {
    int width = width();
    // Shift, scale and gate of attention and of the feed-forward part, and of a second attention.
    block.linear("norm1.linear", "x_block.adaLN_modulation.1", (twice ? 9L : 6L) * width, width);
    JointLayers.fused(block, JointLayers.PICTURE, "x_block.attn.qkv", width);
    block.linear("attn.to_out.0", "x_block.attn.proj", width, width);
    normed(block, "attn.norm_q", "x_block.attn.ln_q", "attn.norm_k", "x_block.attn.ln_k");
    if (twice) {
      JointLayers.fused(block, SECOND, "x_block.attn2.qkv", width);
      block.linear("attn2.to_out.0", "x_block.attn2.proj", width, width);
      normed(block, "attn2.norm_q", "x_block.attn2.ln_q", "attn2.norm_k", "x_block.attn2.ln_k");
    }
    JointLayers.forward(block, "ff", "x_block.mlp.fc1", "x_block.mlp.fc2", width);
  }

  private void words(LayerList block) {
    int width = width();
    block.linear("norm1_context.linear", "context_block.adaLN_modulation.1", 6L * width, width);
    attentionOfWords(block);
    block.linear("attn.to_add_out", "context_block.attn.proj", width, width);
    JointLayers.forward(
        block, "ff_context", "context_block.mlp.fc1", "context_block.mlp.fc2", width);
  }

  /** Adds the text layers of the last block, which end with its attention. */
  private void lastWords(LayerList block) {
    int width = width();
    block.swapped("norm1_context.linear", "context_block.adaLN_modulation.1", 2L * width, width);
    attentionOfWords(block);
  }

  private void attentionOfWords(LayerList block) {
    JointLayers.fused(block, JointLayers.WORDS, "context_block.attn.qkv", width());
    normed(
        block,
        "attn.norm_added_q",
        "context_block.attn.ln_q",
        "attn.norm_added_k",
        "context_block.attn.ln_k");
  }

  private void normed(
      LayerList block, String query, String nativeQuery, String key, String nativeKey) {
    if (normed) {
      block.scale(query, nativeQuery, HEAD);
      block.scale(key, nativeKey, HEAD);
    }
  }
}
