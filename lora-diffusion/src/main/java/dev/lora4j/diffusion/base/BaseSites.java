package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.ArrayList;
import java.util.List;

/** The sites of a base model, by its configurations: no weight is needed. */
final class BaseSites {
  private BaseSites() {}

  /** Sites of the denoiser, then those of the text encoders. */
  static SiteCatalogue of(ModelConfigs configs) {
    List<Site> sites = new ArrayList<>(of(configs.unet()).all());
    for (ModelConfigs.Text text : configs.texts()) {
      Network.walk(
          text.model(),
          DType.F32,
          StagedNetworks.text(text.network(), HiddenLayer.LAST, DType.F32, recorder(sites)));
    }
    return new SiteCatalogue(sites);
  }

  /** Sites of a denoiser. */
  static SiteCatalogue of(DenoiserNetwork denoiser) {
    List<Site> sites = new ArrayList<>();
    Network.walk(
        denoiser.component(),
        DType.F32,
        StagedNetworks.denoiser(denoiser, DType.F32, recorder(sites)));
    return new SiteCatalogue(sites);
  }

  private static AdapterInputs recorder(List<Site> sites) {
    return graph ->
        (site, x, y) -> {
          sites.add(site);
          return y;
        };
  }
}
