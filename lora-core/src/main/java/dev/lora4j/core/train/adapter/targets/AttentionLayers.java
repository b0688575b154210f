package dev.lora4j.core.train.adapter.targets;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/** Attention: projections to queries, keys and values, and the output projection. */
@Extension(point = LayerSelector.class, name = "attention", help = "attention")
public final class AttentionLayers implements LayerSelector {
  /** For the host. */
  public AttentionLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream()
        .filter(LayerKinds::product)
        .filter(site -> !LayerKinds.text(site))
        .filter(site -> LayerKinds.linear(site) && LayerKinds.attention(site))
        .toList();
  }
}
