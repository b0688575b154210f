package dev.lora4j.diffusion.family.sd3;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The layers of the transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024) under their names
 * in diffusers and in Stability AI's code.
 *
 * @param blocks joint blocks
 * @param width channels of the model
 * @param normed whether queries and keys are normalised
 * @param dual numbers of the blocks that have a second attention, of the picture alone
 */
record Sd3Layers(int blocks, int width, boolean normed, Set<Integer> dual) {
  private static final int LATENTS = 16;
  private static final int PATCH = 2;
  private static final int HEAD = 64;
  private static final int POOLED = 2048;

  private static final String BLOCK = JointLayers.COMPONENT + ".transformer_blocks.";

  private static final List<String> SECOND = List.of("attn2.to_q", "attn2.to_k", "attn2.to_v");

  /** Copies the set. */
  Sd3Layers {
    dual = Set.copyOf(dual);
  }

  /**
   * Layers of a published size.
   *
   * @param blocks joint blocks; the model is 64 channels wide for each of them
   * @param dual how many of the first blocks have a second attention
   */
  static Sd3Layers published(int blocks, boolean normed, int dual) {
    Set<Integer> first = IntStream.range(0, dual).boxed().collect(Collectors.toSet());
    return new Sd3Layers(blocks, HEAD * blocks, normed, first);
  }

  /** Sizes of a transformer with these sites; empty if they are of another structure. */
  static Optional<Sd3Layers> of(SiteCatalogue sites) {
    Optional<Site> query = sites.find(BLOCK + "0.attn.add_q_proj");
    boolean patches = sites.find(JointLayers.COMPONENT + ".pos_embed.proj").isPresent();
    if (query.isEmpty() || !patches) {
      return Optional.empty();
    }
    int blocks = 0;
    Set<Integer> dual = new HashSet<>();
    while (sites.find(BLOCK + blocks + ".attn.to_q").isPresent()) {
      if (sites.find(BLOCK + blocks + ".attn2.to_q").isPresent()) {
        dual.add(blocks);
      }
      blocks++;
    }
    boolean normed = sites.find(BLOCK + "0.attn.norm_q").isPresent();
    int width = Math.toIntExact(query.get().weight().size(0));
    return Optional.of(new Sd3Layers(blocks, width, normed, dual));
  }

  void list(LayerList model) {
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
      picture(block, dual.contains(i));
      if (i < blocks - 1) {
        words(block);
      } else {
        lastWords(block);
      }
    }
    JointLayers.last(model, PATCH * PATCH * LATENTS, width);
  }

  private void picture(LayerList block, boolean twice) {
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
    block.linear("norm1_context.linear", "context_block.adaLN_modulation.1", 6L * width, width);
    attentionOfWords(block);
    block.linear("attn.to_add_out", "context_block.attn.proj", width, width);
    JointLayers.forward(
        block, "ff_context", "context_block.mlp.fc1", "context_block.mlp.fc2", width);
  }

  /** Adds the text layers of the last block, which end with its attention. */
  private void lastWords(LayerList block) {
    block.swapped("norm1_context.linear", "context_block.adaLN_modulation.1", 2L * width, width);
    attentionOfWords(block);
  }

  private void attentionOfWords(LayerList block) {
    JointLayers.fused(block, JointLayers.WORDS, "context_block.attn.qkv", width);
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
