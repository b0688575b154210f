package dev.lora4j.flow;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Map;
import java.util.TreeMap;

/** Layers of transformers, by name and shape. */
public final class StagedLayers {
  private StagedLayers() {}

  /** Layers that a network takes. */
  public static Map<String, Shape> of(DenoiserNetwork network) {
    Map<String, Shape> layers = new TreeMap<>();
    sites(network).forEach((name, site) -> layers.put(name, site.weight()));
    return layers;
  }

  /** The same as sites. */
  public static Map<String, Site> sites(DenoiserNetwork network) {
    Map<String, Site> layers = new TreeMap<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              layers.put(site.name(), site);
              return y;
            };
    Network.walk(
        network.component(), DType.F32, StagedNetworks.denoiser(network, DType.F32, recorder));
    return layers;
  }

  /** Layers of the transformer that lora-diffusion knows of a family. */
  public static Map<String, Shape> known(String family) {
    Map<String, Shape> known = new TreeMap<>();
    for (Site site : Families.named(family).sites().all()) {
      if (site.name().startsWith("transformer.")) {
        known.put(site.name(), site.weight());
      }
    }
    return known;
  }
}
