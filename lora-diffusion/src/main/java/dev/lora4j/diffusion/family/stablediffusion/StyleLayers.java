package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/**
 * Attention, feed-forward and all convolutions of a UNet's blocks: a style is partly texture, and
 * texture is in the convolutions.
 */
@Extension(
    point = LayerSelector.class,
    name = "style",
    help = "attention, feed-forward and convolutions of a UNet's blocks")
public final class StyleLayers implements LayerSelector {
  /** For the host. */
  public StyleLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream().filter(LayerKinds::product).filter(StyleLayers::within).toList();
  }

  private static boolean within(Site site) {
    String name = site.name();
    return name.startsWith("unet.")
        && !name.contains("time_emb")
        && (name.contains("_blocks.") || name.contains("mid_block."));
  }
}
