package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.RegionalAdapters;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.text.HiddenLayer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The compiled programs of one base, and the adapters that were mixed for it, each made at its
 * first use and then cached.
 */
final class PipelinePrograms {
  private final Scope scope;
  private final DiffusionModel base;
  private final Map<String, Object> made = new ConcurrentHashMap<>();

  PipelinePrograms(Scope scope, DiffusionModel base) {
    this.scope = scope;
    this.base = base;
  }

  MergedParameter patch() {
    return (MergedParameter) made.computeIfAbsent("patch", k -> new MergedParameter(scope));
  }

  MixedAdapters mixed() {
    return (MixedAdapters)
        made.computeIfAbsent("mixed", k -> new MixedAdapters(scope, base.sites()));
  }

  /** A text encoder, looked at after a layer of it. */
  Network text(TextEncoder encoder, HiddenLayer view) {
    return text(encoder, view, false);
  }

  /** {@link #text}, which gets vectors at places of tokens if {@code replaces}. */
  Network text(TextEncoder encoder, HiddenLayer view, boolean replaces) {
    return network(
        encoder.model() + view + replaces,
        encoder.model(),
        StagedNetworks.text(encoder.network(), view, base.compute(), AdapterInputs.NONE, replaces));
  }

  /**
   * The denoiser with unmerged adapters at these sites; none for the plain one.
   *
   * @param regional whether they may count in parts of the picture alone
   */
  Network unet(Set<String> unmergedSites, boolean regional) {
    AdapterInputs inputs = AdapterInputs.NONE;
    if (regional) {
      SitePlacement.Of places = base.denoiser().places();
      inputs = new RegionalAdapters(unmergedSites, places, base.denoiser().levels())::declare;
    } else if (!unmergedSites.isEmpty()) {
      inputs = new UnmergedAdapters(unmergedSites)::declare;
    }
    String key = "unet" + new TreeSet<>(unmergedSites) + regional;
    return network(
        key, "unet", StagedNetworks.denoiser(base.denoiser(), base.compute(), inputs, regional));
  }

  Network encoder() {
    return network("encoder", "vae", StagedNetworks.encoder(base.vae(), base.compute()));
  }

  Network decoder() {
    return network("decoder", "vae", StagedNetworks.decoder(base.vae(), base.compute()));
  }

  private Network network(String key, String model, Network.Staging staging) {
    return (Network)
        made.computeIfAbsent(key, k -> Network.compile(scope, model, base.compute(), staging));
  }
}
