package dev.lora4j.flow.zimage;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.diffusion.family.JointLayers;
import dev.lora4j.flow.layer.QwenLayers;
import dev.lora4j.spi.Extension;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Z-Image: a transformer with the language model Qwen3 4B as its text encoder. */
@Extension(point = BaseFamily.class, name = "zimage", help = "Z-Image")
public final class ZImage implements BaseFamily {
  private static final String NAME = "zimage";

  /** For the host. */
  public ZImage() {}

  @Override
  public YearMonth released() {
    return YearMonth.of(2025, 11);
  }

  @Override
  public List<Family> variants() {
    LayerList layers = LayerList.empty();
    ZImageLayers.PUBLISHED.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE));
    QwenLayers encoder = QwenLayers.QWEN3_4B;
    encoder.list(layers.at("text_encoder", encoder.path()));
    return List.of(layers.family(NAME, "Z-Image"));
  }

  @Override
  public Optional<String> component(Set<String> tensors) {
    return tensors.stream().anyMatch(name -> name.startsWith(ZImageLayers.NOISE + "0."))
        ? Optional.of(JointLayers.COMPONENT)
        : Optional.empty();
  }

  /** Lumina 2, whose layers have the same names, has no tokens that fill up texts. */
  @Override
  public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    boolean fills = tensors.containsKey(prefix + "cap_pad_token");
    return fills && JointLayers.has(tensors, prefix + "layers.0.attention.qkv.weight")
        ? Optional.of(NAME)
        : Optional.empty();
  }

  @Override
  public List<NativeName> natives(SiteCatalogue sites) {
    LayerList layers = LayerList.empty();
    ZImageLayers.of(sites)
        .ifPresent(found -> found.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE)));
    return layers.natives(sites);
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return ZImageLayers.of(sites).isPresent() ? Optional.of(new ZImageBlocks()) : Optional.empty();
  }
}
