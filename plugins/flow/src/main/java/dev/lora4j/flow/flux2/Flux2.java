package dev.lora4j.flow.flux2;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.diffusion.family.JointLayers;
import dev.lora4j.diffusion.family.StreamBlocks;
import dev.lora4j.flow.layer.QwenLayers;
import dev.lora4j.spi.Extension;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** FLUX.2 [klein]: a transformer with the language model Qwen3 as its text encoder. */
@Extension(point = BaseFamily.class, name = "flux2", help = "FLUX.2 [klein] 4B and 9B")
public final class Flux2 implements BaseFamily {
  private static final String KLEIN_4B = "flux2-klein-4b";
  private static final String KLEIN_9B = "flux2-klein-9b";

  /** For the host. */
  public Flux2() {}

  @Override
  public YearMonth released() {
    return YearMonth.of(2026, 1);
  }

  @Override
  public List<Family> variants() {
    return List.of(
        variant(KLEIN_4B, "FLUX.2 [klein] 4B", Flux2Layers.KLEIN_4B, QwenLayers.QWEN3_4B),
        variant(KLEIN_9B, "FLUX.2 [klein] 9B", Flux2Layers.KLEIN_9B, QwenLayers.QWEN3_8B));
  }

  private static Family variant(
      String name, String title, Flux2Layers transformer, QwenLayers encoder) {
    LayerList layers = LayerList.empty();
    transformer.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE));
    encoder.list(layers.at("text_encoder", encoder.path()));
    return layers.family(name, title);
  }

  /** By the width of the shared modulation. */
  @Override
  public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    return JointLayers.rows(tensors, prefix + Flux2Layers.SHARED + ".lin.weight")
        .flatMap(
            rows ->
                rows == 6L * Flux2Layers.KLEIN_4B.width()
                    ? Optional.of(KLEIN_4B)
                    : rows == 6L * Flux2Layers.KLEIN_9B.width()
                        ? Optional.of(KLEIN_9B)
                        : Optional.empty());
  }

  @Override
  public List<String> parameterNames(Site site, String parameter) {
    return JointLayers.parameterNames(site, parameter);
  }

  @Override
  public List<NativeName> natives(SiteCatalogue sites) {
    LayerList layers = LayerList.empty();
    Flux2Layers.of(sites)
        .ifPresent(found -> found.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE)));
    return layers.natives(sites);
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return Flux2Layers.of(sites).isPresent() ? StreamBlocks.of(sites, true) : Optional.empty();
  }
}
