package dev.lora4j.diffusion.family.sd3;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KohyaLabel;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
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

/** Stable Diffusion 3 and 3.5: a transformer with two CLIP text encoders and T5. */
@Extension(
    point = BaseFamily.class,
    name = "stable-diffusion-3",
    help = "Stable Diffusion 3 and 3.5")
public final class StableDiffusion3 implements BaseFamily {
  private static final int WIDTH_OF_MEDIUM = 1536;
  private static final String MEDIUM = "sd3";
  private static final String MEDIUM_3_5 = "sd35m";
  private static final String LARGE_3_5 = "sd35l";

  private static final Map<String, KohyaLabel> LABELS =
      Map.of(
          MEDIUM, label("sd3_medium", "stable-diffusion-3-medium").trainedAs("sd3"),
          MEDIUM_3_5, label("sd3_5_medium", "stable-diffusion-3-5-medium"),
          LARGE_3_5, label("sd3_5_large", "stable-diffusion-3-5-large"));

  /** For the host. */
  public StableDiffusion3() {}

  private static KohyaLabel label(String version, String architecture) {
    return KohyaLabel.of(version, architecture, "diffusers", "1024x1024")
        .withModule("networks.lora_sd3");
  }

  @Override
  public YearMonth released() {
    return YearMonth.of(2024, 6);
  }

  @Override
  public List<Family> variants() {
    return List.of(
        variant(MEDIUM, "Stable Diffusion 3 Medium", Sd3Layers.published(24, false, 0)),
        variant(MEDIUM_3_5, "Stable Diffusion 3.5 Medium", Sd3Layers.published(24, true, 13)),
        variant(LARGE_3_5, "Stable Diffusion 3.5 Large", Sd3Layers.published(38, true, 0)));
  }

  private static Family variant(String name, String title, Sd3Layers transformer) {
    LayerList layers = LayerList.empty();
    transformer.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE));
    ClipLayers.L.projected().list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    ClipLayers.G.list(layers.at("text_encoder_2", TextEncoderPaths.CLIP_G));
    T5Layers.list(layers.at("text_encoder_3", TextEncoderPaths.T5));
    return layers.family(name, title);
  }

  @Override
  public Optional<KohyaLabel> label(String variant) {
    return Optional.ofNullable(LABELS.get(variant));
  }

  @Override
  public Optional<String> component(Set<String> tensors) {
    return JointLayers.component(tensors);
  }

  @Override
  public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    boolean dual = JointLayers.has(tensors, prefix + "joint_blocks.0.x_block.attn2.qkv.weight");
    return JointLayers.rows(
            tensors, prefix + "joint_blocks.0.context_block.adaLN_modulation.1.weight")
        .map(rows -> rows / 6 == WIDTH_OF_MEDIUM ? (dual ? MEDIUM_3_5 : MEDIUM) : LARGE_3_5);
  }

  @Override
  public List<NativeName> natives(SiteCatalogue sites) {
    LayerList layers = LayerList.empty();
    Sd3Layers.of(sites)
        .ifPresent(found -> found.list(layers.at(JointLayers.COMPONENT, JointLayers.NATIVE)));
    return layers.natives(sites);
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return StreamBlocks.of(sites, false);
  }
}
