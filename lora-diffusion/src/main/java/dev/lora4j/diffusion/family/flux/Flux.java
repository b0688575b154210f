package dev.lora4j.diffusion.family.flux;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KohyaLabel;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.diffusion.family.ClipLayers;
import dev.lora4j.diffusion.family.JointLayers;
import dev.lora4j.diffusion.family.StreamBlocks;
import dev.lora4j.diffusion.family.T5Layers;
import dev.lora4j.diffusion.family.TextEncoderPaths;
import dev.lora4j.spi.Extension;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** FLUX.1: a transformer with a CLIP text encoder and T5. */
@Extension(point = BaseFamily.class, name = "flux", help = "FLUX.1")
public final class Flux implements BaseFamily {
  private static final String NAME = "flux";
  private static final KohyaLabel LABEL =
      KohyaLabel.of("flux1", "flux-1-dev", "https://github.com/black-forest-labs/flux", "1024x1024")
          .trainedAs("flux")
          .withModule("networks.lora_flux");

  /** For the host. */
  public Flux() {}

  @Override
  public YearMonth released() {
    return YearMonth.of(2024, 8);
  }

  @Override
  public List<Family> variants() {
    LayerList layers = LayerList.empty();
    FluxLayers.PUBLISHED.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE));
    ClipLayers.L.list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    T5Layers.list(layers.at("text_encoder_2", TextEncoderPaths.T5));
    return List.of(layers.family(NAME, "FLUX.1"));
  }

  @Override
  public Optional<KohyaLabel> label(String variant) {
    return Optional.of(LABEL);
  }

  @Override
  public Optional<String> component(Set<String> tensors) {
    return JointLayers.component(tensors);
  }

  /** FLUX.2, whose layers have the same names, has one modulation for all blocks. */
  @Override
  public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    boolean shared = tensors.containsKey(prefix + "double_stream_modulation_img.lin.weight");
    return !shared
            && JointLayers.has(tensors, prefix + "double_blocks.0.img_attn.norm.key_norm.scale")
        ? Optional.of(NAME)
        : Optional.empty();
  }

  @Override
  public List<String> parameterNames(Site site, String parameter) {
    return JointLayers.parameterNames(site, parameter);
  }

  @Override
  public List<NativeName> natives(SiteCatalogue sites) {
    LayerList layers = LayerList.empty();
    FluxLayers.of(sites)
        .ifPresent(found -> found.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE)));
    return layers.natives(sites);
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return StreamBlocks.of(sites, true);
  }
}
