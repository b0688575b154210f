package dev.lora4j.core.train.adapter.targets;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/** All linear layers. */
@Extension(point = LayerSelector.class, name = "linear", help = "all linear layers")
public final class LinearLayers implements LayerSelector {
  /** For the host. */
  public LinearLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream()
        .filter(LayerKinds::product)
        .filter(site -> !LayerKinds.text(site) && LayerKinds.linear(site))
        .toList();
  }
}
