package dev.lora4j.bench.denoiser;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.ModelFamily;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;

/** A denoiser with its weights, out of a whole model or alone. */
record LoadedDenoiser(
    DenoiserNetwork network, WeightStore weights, SiteCatalogue sites, Family family) {
  /**
   * Loads it.
   *
   * @param folder of a model, or one that {@link RandomDenoiser} wrote
   */
  static LoadedDenoiser of(Scope scope, Path folder, DType compute) {
    if (Files.isDirectory(folder.resolve("vae"))) {
      DiffusionModel model = DiffusionModel.load(scope, folder, LoadOptions.in(compute));
      Family family = ModelFamily.of(String.valueOf(folder.getFileName()), model.sites());
      return new LoadedDenoiser(model.denoiser(), model.denoiserWeights(), model.sites(), family);
    }
    DenoiserNetwork network = new UNet(RandomDenoiser.SD15);
    WeightStore weights =
        NetworkWeights.load(
            scope,
            RandomDenoiser.weights(folder),
            compute,
            Network.parameters(
                compute, StagedNetworks.denoiser(network, compute, AdapterInputs.NONE)));
    Family family = Families.named("sd15");
    return new LoadedDenoiser(network, weights, family.sites(), family);
  }
}
