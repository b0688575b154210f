package dev.lora4j.diffusion.family.flux;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.Optional;

/**
 * The layers of the transformer of FLUX.1 under their names in diffusers and in Black Forest Labs'
 * code. FLUX.1 [schnell] lacks the embedder of the guidance.
 *
 * @param doubles blocks with a stream of words and one of the picture
 * @param singles blocks of one stream
 * @param width channels of the model
 */
record FluxLayers(int doubles, int singles, int width) {
  /** Those of the published size. */
  static final FluxLayers PUBLISHED = new FluxLayers(19, 38, 3072);

  private static final int HEAD = 128;
  private static final int POOLED = 768;

  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";

  /** 2x2 patches of 16 channels. */
  private static final int PATCH = 64;

  /** Sizes of a transformer with these sites; empty if they are of another structure. */
  static Optional<FluxLayers> of(SiteCatalogue sites) {
    Optional<Site> words = sites.find(JointLayers.COMPONENT + ".context_embedder");
    int doubles = count(sites, DOUBLE, ".attn.add_q_proj");
    int singles = count(sites, SINGLE, ".proj_mlp");
    boolean pooled =
        sites.find(JointLayers.COMPONENT + ".time_text_embed.text_embedder.linear_1").isPresent();
    boolean packed = sites.find(JointLayers.COMPONENT + ".x_embedder").isPresent();
    if (words.isEmpty() || !pooled || !packed || doubles + singles == 0) {
      return Optional.empty();
    }
    int width = Math.toIntExact(words.get().weight().size(0));
    return Optional.of(new FluxLayers(doubles, singles, width));
  }

  private static int count(SiteCatalogue sites, String blocks, String layer) {
    int count = 0;
    while (sites.find(JointLayers.COMPONENT + "." + blocks + count + layer).isPresent()) {
      count++;
    }
    return count;
  }

  void list(LayerList model) {
    model.linear("x_embedder", "img_in", width, PATCH);
    embedder(model, "timestep_embedder", "time_in", JointLayers.SINES);
    embedder(model, "guidance_embedder", "guidance_in", JointLayers.SINES);
    embedder(model, "text_embedder", "vector_in", POOLED);
    model.linear("context_embedder", "txt_in", width, JointLayers.CONTEXT);
    for (int i = 0; i < doubles; i++) {
      twoStreams(model.at(DOUBLE + i, "double_blocks." + i));
    }
    for (int i = 0; i < singles; i++) {
      oneStream(model.at(SINGLE + i, "single_blocks." + i));
    }
    JointLayers.last(model, PATCH, width);
  }

  private void embedder(LayerList model, String name, String nativeName, int in) {
    JointLayers.embedder(
        model, name, nativeName + ".in_layer", nativeName + ".out_layer", in, width);
  }

  private void twoStreams(LayerList block) {
    block.linear("norm1.linear", "img_mod.lin", 6L * width, width);
    block.linear("norm1_context.linear", "txt_mod.lin", 6L * width, width);
    JointLayers.fused(block, JointLayers.PICTURE, "img_attn.qkv", width);
    JointLayers.fused(block, JointLayers.WORDS, "txt_attn.qkv", width);
    block.scale("attn.norm_q", "img_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_k", "img_attn.norm.key_norm", HEAD);
    block.scale("attn.norm_added_q", "txt_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_added_k", "txt_attn.norm.key_norm", HEAD);
    block.linear("attn.to_out.0", "img_attn.proj", width, width);
    block.linear("attn.to_add_out", "txt_attn.proj", width, width);
    JointLayers.forward(block, "ff", "img_mlp.0", "img_mlp.2", width);
    JointLayers.forward(block, "ff_context", "txt_mlp.0", "txt_mlp.2", width);
  }

  private void oneStream(LayerList block) {
    block.linear("norm.linear", "modulation.lin", 3L * width, width);
    JointLayers.fused(block, JointLayers.PICTURE, "linear1", width);
    block.rows("proj_mlp", "linear1", 3L * width, 4L * width, width);
    block.scale("attn.norm_q", "norm.query_norm", HEAD);
    block.scale("attn.norm_k", "norm.key_norm", HEAD);
    block.linear("proj_out", "linear2", width, 5L * width);
  }
}
