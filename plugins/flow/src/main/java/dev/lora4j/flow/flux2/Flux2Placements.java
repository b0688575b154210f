package dev.lora4j.flow.flux2;

import dev.lora4j.core.mix.SitePlacement;
import java.util.regex.Pattern;

/** Positions of the outputs of the transformer's layers in the picture. */
record Flux2Placements() implements SitePlacement.Of {
  /** The grid of the latents. */
  private static final int LATENTS = 0;

  private static final Pattern OF_TIME =
      Pattern.compile(
          "transformer\\.(time_guidance_embed\\..*|norm_out\\.linear"
              + "|(double|single)_stream_modulation(_img|_txt)?\\.linear)");
  private static final Pattern OF_WORDS =
      Pattern.compile(
          "transformer\\.context_embedder"
              + "|.*\\.attn\\.(add_._proj|to_add_out|norm_added_.)|.*\\.ff_context\\..*");
  private static final String OF_BOTH = "transformer.single_transformer_blocks.";

  @Override
  public SitePlacement of(String site) {
    if (OF_TIME.matcher(site).matches()) {
      return new SitePlacement.Nowhere();
    }
    if (site.startsWith(OF_BOTH)) {
      return new SitePlacement.WordsAndGrid(LATENTS);
    }
    return OF_WORDS.matcher(site).matches()
        ? new SitePlacement.OfTokens()
        : new SitePlacement.OnGrid(LATENTS);
  }
}
