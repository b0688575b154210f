package dev.lora4j.flow.zimage;

import dev.lora4j.core.mix.SitePlacement;
import java.util.regex.Pattern;

/** Positions of the outputs of the transformer's layers in the picture. */
record ZImagePlacements() implements SitePlacement.Of {
  /** The grid of patches of two by two latents. */
  private static final int PATCHES = 1;

  private static final Pattern OF_TIME =
      Pattern.compile("transformer\\.t_embedder\\..*|.*\\.adaLN_modulation\\.\\d");
  private static final Pattern OF_WORDS =
      Pattern.compile("transformer\\.(cap_embedder|context_refiner)\\..*");
  private static final Pattern OF_BOTH =
      Pattern.compile("transformer\\.(noise_refiner|layers)\\..*");

  @Override
  public SitePlacement of(String site) {
    if (OF_TIME.matcher(site).matches()) {
      return new SitePlacement.Nowhere();
    }
    if (OF_BOTH.matcher(site).matches()) {
      return new SitePlacement.WordsAndGrid(PATCHES);
    }
    return OF_WORDS.matcher(site).matches()
        ? new SitePlacement.OfTokens()
        : new SitePlacement.OnGrid(PATCHES);
  }
}
