package dev.lora4j.flow.sd3;

import dev.lora4j.core.mix.SitePlacement;
import java.util.regex.Pattern;

/** Positions of the outputs of the transformer's layers in the picture. */
record Sd3Placements() implements SitePlacement.Of {
  /** The grid of patches of two by two latents. */
  private static final int PATCHES = 1;

  private static final Pattern OF_TIME =
      Pattern.compile(
          "transformer\\.(time_text_embed\\..*|norm_out\\.linear)|.*\\.norm1(_context)?\\.linear");
  private static final Pattern OF_WORDS =
      Pattern.compile(
          "transformer\\.context_embedder|.*\\.attn\\.(add_._proj|to_add_out|norm_added_.)|.*\\.ff_context\\..*");

  @Override
  public SitePlacement of(String site) {
    if (OF_TIME.matcher(site).matches()) {
      return new SitePlacement.Nowhere();
    }
    return OF_WORDS.matcher(site).matches()
        ? new SitePlacement.OfTokens()
        : new SitePlacement.OnGrid(PATCHES);
  }
}
