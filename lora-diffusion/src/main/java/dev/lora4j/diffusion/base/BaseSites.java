package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** The sites of a base model, by its configurations: no weight is needed. */
final class BaseSites {
  private BaseSites() {}

  /** Sites of the denoiser, then those of the text encoders. */
  static SiteCatalogue of(ModelConfigs configs) {
    List<Site> sites = new ArrayList<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              sites.add(site);
              return y;
            };
    Network.walk(
        configs.unet().component(),
        DType.F32,
        StagedNetworks.denoiser(configs.unet(), DType.F32, recorder));
    for (ModelConfigs.Text text : configs.texts()) {
      Network.walk(
          text.model(),
          DType.F32,
          StagedNetworks.text(text.network(), HiddenLayer.LAST, DType.F32, recorder));
    }
    return new SiteCatalogue(sites);
  }
}
