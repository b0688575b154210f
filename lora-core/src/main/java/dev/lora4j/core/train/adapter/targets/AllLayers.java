package dev.lora4j.core.train.adapter.targets;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.Collection;
import java.util.List;

/** All linear layers and convolutions. */
@Extension(point = LayerSelector.class, name = "all", help = "all linear layers and convolutions")
public final class AllLayers implements LayerSelector {
  /** For the host. */
  public AllLayers() {}

  @Override
  public List<Site> among(Collection<Site> sites) {
    return sites.stream()
        .filter(LayerKinds::product)
        .filter(site -> !LayerKinds.text(site))
        .toList();
  }
}
