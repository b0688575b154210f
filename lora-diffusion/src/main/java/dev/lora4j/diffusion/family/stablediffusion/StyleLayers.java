package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.diffusion.family.JointLayers;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Attention, feed-forward and all convolutions of the denoiser's blocks: a style is partly texture,
 * and in a UNet texture is in the convolutions.
 */
@Extension(
    point = LayerSelector.class,
    name = "style",
    help = "attention, feed-forward and convolutions of the denoiser's blocks")
public final class StyleLayers implements LayerSelector {
  private static final String TRANSFORMER = JointLayers.COMPONENT + ".";

  /** A layer in one of several blocks. */
  private static final Pattern BLOCK = Pattern.compile("transformer\\.\\w+\\.\\d+\\..*");

  /** For the host. */
  public StyleLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream().filter(LayerKinds::product).filter(StyleLayers::within).toList();
  }

  private static boolean within(Site site) {
    String name = site.name();
    if (name.startsWith(TRANSFORMER)) {
      boolean part = LayerKinds.attention(site) || LayerKinds.feedForward(site);
      return part && BLOCK.matcher(name).matches();
    }
    return name.startsWith("unet.")
        && !name.contains("time_emb")
        && (name.contains("_blocks.") || name.contains("mid_block."));
  }
}
