package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.mix.Beside;
import dev.lora4j.core.mix.Patch;
import dev.lora4j.core.mix.RegionalBeside;
import dev.lora4j.core.mix.SitePlace;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.Networks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.text.EncoderView;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The compiled programs of one base, and the adapters that were mixed for it, each made when first
 * asked for and then kept.
 */
final class Programs {
  private final Scope scope;
  private final DiffusionModel base;
  private final Map<String, Object> made = new ConcurrentHashMap<>();

  Programs(Scope scope, DiffusionModel base) {
    this.scope = scope;
    this.base = base;
  }

  Patch patch() {
    return (Patch) made.computeIfAbsent("patch", k -> new Patch(scope));
  }

  MixedAdapters mixed() {
    return (MixedAdapters)
        made.computeIfAbsent("mixed", k -> new MixedAdapters(scope, base.sites()));
  }

  /** A text encoder, looked at after a layer of it. */
  Network text(TextEncoder encoder, EncoderView view) {
    return text(encoder, view, false);
  }

  /** {@link #text}, which gets vectors at places of tokens if {@code replaces}. */
  Network text(TextEncoder encoder, EncoderView view, boolean replaces) {
    return network(
        encoder.model() + view + replaces,
        encoder.model(),
        Networks.text(encoder.network(), view, base.compute(), AdapterInputs.NONE, replaces));
  }

  /**
   * The denoiser with adapters beside the weights at these sites; none for the plain one.
   *
   * @param regional whether they may count in parts of the picture alone
   */
  Network unet(Set<String> besideSites, boolean regional) {
    AdapterInputs inputs = AdapterInputs.NONE;
    if (regional) {
      SitePlace.Of places = base.denoiser().places();
      inputs = new RegionalBeside(besideSites, places, base.denoiser().levels())::declare;
    } else if (!besideSites.isEmpty()) {
      inputs = new Beside(besideSites)::declare;
    }
    String key = "unet" + new TreeSet<>(besideSites) + regional;
    return network(
        key, "unet", Networks.denoiser(base.denoiser(), base.compute(), inputs, regional));
  }

  Network encoder() {
    return network("encoder", "vae", Networks.encoder(base.vae(), base.compute()));
  }

  Network decoder() {
    return network("decoder", "vae", Networks.decoder(base.vae(), base.compute()));
  }

  private Network network(String key, String model, Network.Staging staging) {
    return (Network)
        made.computeIfAbsent(key, k -> Network.compile(scope, model, base.compute(), staging));
  }
}
