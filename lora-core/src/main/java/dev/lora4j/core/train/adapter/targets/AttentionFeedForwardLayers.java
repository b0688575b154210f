package dev.lora4j.core.train.adapter.targets;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Attention and feed-forward layers; in models of diffusers with spatial transformers all of these,
 * with the projections into and out of them, which is what kohya's scripts train without a rank for
 * convolutions.
 */
@Extension(
    point = LayerSelector.class,
    name = "attention-feed-forward",
    help = "attention and feed-forward")
public final class AttentionFeedForwardLayers implements LayerSelector {
  /** diffusers' Transformer2DModel within a block. */
  private static final Pattern IN_TRANSFORMER = Pattern.compile(".*\\.attentions\\.\\d+\\..*");

  /** For the host. */
  public AttentionFeedForwardLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream()
        .filter(LayerKinds::product)
        .filter(site -> !LayerKinds.text(site) && transformer(site))
        .toList();
  }

  private static boolean transformer(Site site) {
    return IN_TRANSFORMER.matcher(site.name()).matches()
        || (LayerKinds.linear(site)
            && (LayerKinds.attention(site) || LayerKinds.feedForward(site)));
  }
}
