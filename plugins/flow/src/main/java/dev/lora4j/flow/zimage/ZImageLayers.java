package dev.lora4j.flow.zimage;

import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.JointLayers;
import java.util.List;
import java.util.Optional;

/**
 * The layers of the transformer of Z-Image under their names in diffusers and in the code of first
 * publication, where queries, keys and values are one layer.
 *
 * @param blocks number of blocks that text and picture share
 * @param refiners number of blocks of the picture alone, and of the text alone
 * @param width numbers of each token
 * @param textWidth width of the text conditioning
 */
record ZImageLayers(int blocks, int refiners, int width, int textWidth) {
  /** Those of the published size. */
  static final ZImageLayers PUBLISHED = new ZImageLayers(30, 2, 3840, 2560);

  static final String NOISE = "noise_refiner.";
  static final String CONTEXT = "context_refiner.";
  static final String SHARED = "layers.";

  private static final int SINES = 256;
  private static final int TIME_INNER = 1024;
  private static final int HEAD = 128;

  /** Two by two latents of 16 channels. */
  private static final int PATCH = 64;

  private static final int MODULATIONS = 4;
  private static final List<String> PROJECTIONS = List.of("to_q", "to_k", "to_v");

  /** Sizes of a transformer with these sites; empty if they are of another structure. */
  static Optional<ZImageLayers> of(SiteCatalogue sites) {
    Optional<Site> words = sites.find(JointLayers.COMPONENT + ".cap_embedder.1");
    int blocks = count(sites, SHARED);
    boolean patches = sites.find(JointLayers.COMPONENT + ".all_x_embedder.2-1").isPresent();
    if (words.isEmpty() || !patches || blocks == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new ZImageLayers(
            blocks,
            count(sites, NOISE),
            Math.toIntExact(words.get().weight().size(0)),
            Math.toIntExact(words.get().weight().size(1))));
  }

  private static int count(SiteCatalogue sites, String blocks) {
    int count = 0;
    while (sites
        .find(JointLayers.COMPONENT + "." + blocks + count + ".attention.to_q")
        .isPresent()) {
      count++;
    }
    return count;
  }

  void list(LayerList model) {
    int time = Math.min(SINES, width);
    model.linear("all_x_embedder.2-1", "x_embedder", width, PATCH);
    model.linear("t_embedder.mlp.0", TIME_INNER, SINES);
    model.linear("t_embedder.mlp.2", time, TIME_INNER);
    model.scale("cap_embedder.0", "cap_embedder.0", textWidth);
    model.linear("cap_embedder.1", width, textWidth);
    for (int i = 0; i < refiners; i++) {
      block(model.at(NOISE + i), time);
      block(model.at(CONTEXT + i), 0);
    }
    for (int i = 0; i < blocks; i++) {
      block(model.at(SHARED + i), time);
    }
    LayerList last = model.at("all_final_layer.2-1", "final_layer");
    last.linear("adaLN_modulation.1", width, time);
    last.linear("linear", PATCH, width);
  }

  /** A block that is told the timestep in so many numbers; 0 if it is not. */
  private void block(LayerList block, int time) {
    LayerList attention = block.at("attention");
    for (int i = 0; i < PROJECTIONS.size(); i++) {
      attention.unbiasedRows(PROJECTIONS.get(i), "qkv", (long) i * width, width, width);
    }
    attention.scale("norm_q", "q_norm", HEAD);
    attention.scale("norm_k", "k_norm", HEAD);
    attention.unbiased("to_out.0", "out", width, width);
    for (String norm : List.of("attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2")) {
      block.scale(norm, norm, width);
    }
    int inner = (int) (width / 3.0 * 8);
    LayerList forward = block.at("feed_forward");
    forward.unbiased("w1", inner, width);
    forward.unbiased("w2", width, inner);
    forward.unbiased("w3", inner, width);
    if (time > 0) {
      block.linear("adaLN_modulation.0", (long) MODULATIONS * width, time);
    }
  }
}
