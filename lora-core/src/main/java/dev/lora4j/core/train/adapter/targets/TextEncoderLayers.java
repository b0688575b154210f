package dev.lora4j.core.train.adapter.targets;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/** Attention and feed-forward layers of all text encoders. */
@Extension(
    point = LayerSelector.class,
    name = "text-encoders",
    help = "attention and feed-forward of text encoders")
public final class TextEncoderLayers implements LayerSelector {
  /** For the host. */
  public TextEncoderLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream()
        .filter(LayerKinds::product)
        .filter(LayerKinds::text)
        .filter(site -> LayerKinds.attention(site) || LayerKinds.feedForward(site))
        .toList();
  }
}
