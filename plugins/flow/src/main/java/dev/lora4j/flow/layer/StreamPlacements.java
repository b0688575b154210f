package dev.lora4j.flow.layer;

import dev.lora4j.core.mix.SitePlacement;
import java.util.regex.Pattern;

/**
 * Positions of the outputs of FLUX's layers in the picture: of blocks with two streams, and of
 * blocks with one.
 *
 * @param ofTime names of the layers whose outputs are of the timestep
 * @param grid resolution of the picture's tokens, 0 for that of the latents
 */
public record StreamPlacements(Pattern ofTime, int grid) implements SitePlacement.Of {
  private static final Pattern OF_WORDS =
      Pattern.compile(
          "transformer\\.context_embedder"
              + "|.*\\.attn\\.(add_._proj|to_add_out|norm_added_.)|.*\\.ff_context\\..*");
  private static final String OF_BOTH = "transformer.single_transformer_blocks.";

  @Override
  public SitePlacement of(String site) {
    if (ofTime.matcher(site).matches()) {
      return new SitePlacement.Nowhere();
    }
    if (site.startsWith(OF_BOTH)) {
      return new SitePlacement.WordsAndGrid(grid);
    }
    return OF_WORDS.matcher(site).matches()
        ? new SitePlacement.OfTokens()
        : new SitePlacement.OnGrid(grid);
  }
}
