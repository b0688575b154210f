package dev.lora4j.testkit;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Presets of layers that break their contract, each in one way. */
final class BrokenSelectors {
  private BrokenSelectors() {}

  private static List<Site> attention(Collection<Site> sites) {
    return sites.stream()
        .filter(site -> LayerKinds.linear(site) && LayerKinds.attention(site))
        .filter(site -> !LayerKinds.text(site))
        .toList();
  }

  /** Turns the order around. */
  @Extension(point = LayerSelector.class, name = "test-turned", help = "turns the order around")
  public static final class Turned implements LayerSelector {
    /** For the host. */
    public Turned() {}

    @Override
    public List<Site> among(Collection<Site> sites) {
      List<Site> turned = new ArrayList<>(attention(sites));
      Collections.reverse(turned);
      return turned;
    }
  }

  /** Chooses norms too. */
  @Extension(point = LayerSelector.class, name = "test-norms", help = "chooses norms too")
  public static final class Norms implements LayerSelector {
    /** For the host. */
    public Norms() {}

    @Override
    public List<Site> among(Collection<Site> sites) {
      return sites.stream().filter(site -> !LayerKinds.text(site)).toList();
    }
  }

  /** Mixes layers of text encoders with others. */
  @Extension(point = LayerSelector.class, name = "test-mixed", help = "mixes text with others")
  public static final class Mixed implements LayerSelector {
    /** For the host. */
    public Mixed() {}

    @Override
    public List<Site> among(Collection<Site> sites) {
      return sites.stream().filter(LayerKinds::linear).toList();
    }
  }

  /** Chooses a layer where there is none. */
  @Extension(point = LayerSelector.class, name = "test-inventing", help = "invents a layer")
  public static final class Inventing implements LayerSelector {
    /** For the host. */
    public Inventing() {}

    @Override
    public List<Site> among(Collection<Site> sites) {
      return sites.isEmpty()
          ? List.of(Site.linear("unet.invented", Shape.of(2, 2), true))
          : attention(sites);
    }
  }
}
