package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.Site;
import java.util.function.Predicate;

/** Which layers of the denoiser a style adapter changes. */
final class StyleSites {
  /**
   * Attention, feed-forward and all convolutions of the blocks: what a style is made of is partly
   * texture, and texture is in the convolutions.
   */
  static final Predicate<Site> DEFAULT =
      site ->
          !site.name().contains("time_emb")
              && (site.name().contains("_blocks.") || site.name().contains("mid_block."));

  private StyleSites() {}
}
