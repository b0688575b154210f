package dev.lora4j.flow.flux2;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.Optional;

/**
 * The layers of the transformer of FLUX.2 under their names in diffusers and in Black Forest Labs'
 * code.
 *
 * @param doubles blocks with a stream of words and one of the picture
 * @param singles blocks of one stream
 * @param width channels of the model
 * @param textWidth width of the text conditioning
 */
record Flux2Layers(int doubles, int singles, int width, int textWidth) {
  /** Those of [klein] 4B. */
  static final Flux2Layers KLEIN_4B = new Flux2Layers(5, 20, 3072, 7680);

  /** Those of [klein] 9B. */
  static final Flux2Layers KLEIN_9B = new Flux2Layers(8, 24, 4096, 12288);

  /** A modulation that all blocks share, which tells it from FLUX.1. */
  static final String SHARED = "double_stream_modulation_img";

  private static final int HEAD = 128;
  private static final int CHANNELS = 128;
  private static final int WIDER = 3;
  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";

  /** Sizes of a transformer with these sites; empty if they are of another structure. */
  static Optional<Flux2Layers> of(SiteCatalogue sites) {
    Optional<Site> words = sites.find(JointLayers.COMPONENT + ".context_embedder");
    boolean shared = sites.find(JointLayers.COMPONENT + "." + SHARED + ".linear").isPresent();
    if (words.isEmpty() || !shared) {
      return Optional.empty();
    }
    return Optional.of(
        new Flux2Layers(
            count(sites, DOUBLE, ".attn.add_q_proj"),
            count(sites, SINGLE, ".attn.to_qkv_mlp_proj"),
            Math.toIntExact(words.get().weight().size(0)),
            Math.toIntExact(words.get().weight().size(1))));
  }

  private static int count(SiteCatalogue sites, String blocks, String layer) {
    int count = 0;
    while (sites.find(JointLayers.COMPONENT + "." + blocks + count + layer).isPresent()) {
      count++;
    }
    return count;
  }

  void list(LayerList model) {
    model.unbiased("x_embedder", "img_in", width, CHANNELS);
    model.unbiased("context_embedder", "txt_in", width, textWidth);
    LayerList time = model.at("time_guidance_embed.timestep_embedder", "time_in");
    time.unbiased("linear_1", "in_layer", width, JointLayers.SINES);
    time.unbiased("linear_2", "out_layer", width, width);
    model.unbiased(SHARED + ".linear", SHARED + ".lin", 6L * width, width);
    model.unbiased(
        "double_stream_modulation_txt.linear",
        "double_stream_modulation_txt.lin",
        6L * width,
        width);
    model.unbiased(
        "single_stream_modulation.linear", "single_stream_modulation.lin", 3L * width, width);
    for (int i = 0; i < doubles; i++) {
      twoStreams(model.at(DOUBLE + i, "double_blocks." + i));
    }
    for (int i = 0; i < singles; i++) {
      oneStream(model.at(SINGLE + i, "single_blocks." + i));
    }
    model.unbiasedSwapped("norm_out.linear", "final_layer.adaLN_modulation.1", 2L * width, width);
    model.unbiased("proj_out", "final_layer.linear", CHANNELS, width);
  }

  private void twoStreams(LayerList block) {
    for (int i = 0; i < JointLayers.PICTURE.size(); i++) {
      long from = (long) i * width;
      block.unbiasedRows(JointLayers.PICTURE.get(i), "img_attn.qkv", from, width, width);
      block.unbiasedRows(JointLayers.WORDS.get(i), "txt_attn.qkv", from, width, width);
    }
    block.scale("attn.norm_q", "img_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_k", "img_attn.norm.key_norm", HEAD);
    block.scale("attn.norm_added_q", "txt_attn.norm.query_norm", HEAD);
    block.scale("attn.norm_added_k", "txt_attn.norm.key_norm", HEAD);
    block.unbiased("attn.to_out.0", "img_attn.proj", width, width);
    block.unbiased("attn.to_add_out", "txt_attn.proj", width, width);
    forward(block, "ff", "img_mlp");
    forward(block, "ff_context", "txt_mlp");
  }

  private void forward(LayerList block, String name, String nativeName) {
    long inner = (long) WIDER * width;
    block.unbiased(name + ".linear_in", nativeName + ".0", 2 * inner, width);
    block.unbiased(name + ".linear_out", nativeName + ".2", width, inner);
  }

  private void oneStream(LayerList block) {
    long inner = (long) WIDER * width;
    block.unbiased("attn.to_qkv_mlp_proj", "linear1", 3L * width + 2 * inner, width);
    block.scale("attn.norm_q", "norm.query_norm", HEAD);
    block.scale("attn.norm_k", "norm.key_norm", HEAD);
    block.unbiased("attn.to_out", "linear2", width, width + inner);
  }
}
