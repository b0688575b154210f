package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.RegionalAdapters;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.CompiledNetworks;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import java.util.Set;
import java.util.TreeSet;

/** Compiled programs of a base's denoiser. */
final class DenoiserPrograms {
  private record Key(Set<String> unmergedSites, boolean regional, int references) {}

  private final DiffusionModel base;
  private final CompiledNetworks<Key> networks;

  DenoiserPrograms(Scope scope, DiffusionModel base) {
    this.base = base;
    this.networks = new CompiledNetworks<>(scope, base.compute());
  }

  /**
   * The denoiser with unmerged adapters at these sites; none for the plain one.
   *
   * @param regional whether they may count in parts of the picture alone
   * @param references reference pictures of each row
   */
  Network of(Set<String> unmergedSites, boolean regional, int references) {
    return networks.of(
        new Key(new TreeSet<>(unmergedSites), regional, references),
        base.denoiser().component(),
        base.denoiserWeights().forms(),
        () ->
            StagedNetworks.denoiser(
                base.denoiser(),
                base.compute(),
                inputs(unmergedSites, regional),
                regional,
                references));
  }

  private AdapterInputs inputs(Set<String> unmergedSites, boolean regional) {
    if (regional) {
      SitePlacement.Of places = base.denoiser().places();
      return new RegionalAdapters(unmergedSites, places, base.denoiser().levels())::declare;
    }
    return unmergedSites.isEmpty()
        ? AdapterInputs.NONE
        : new UnmergedAdapters(unmergedSites)::declare;
  }
}
