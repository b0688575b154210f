package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KohyaLabel;
import dev.lora4j.core.format.LayerList;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.family.ClipLayers;
import dev.lora4j.diffusion.family.TextEncoderPaths;
import dev.lora4j.spi.Extension;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Stable Diffusion 1, 2 and XL: a UNet with one or two CLIP text encoders. */
@Extension(
    point = BaseFamily.class,
    name = "stable-diffusion",
    help = "Stable Diffusion 1, 2 and XL")
public final class StableDiffusion implements BaseFamily {
  private static final String UNET = "unet";
  private static final String NATIVE = "diffusion_model";
  private static final String FIRST = "text_encoder";
  private static final String SECOND = "text_encoder_2";
  private static final String DIFFUSERS = "diffusers";
  private static final String STABILITY = "https://github.com/Stability-AI/generative-models";

  private static final String SD15 = "sd15";
  private static final String SD21 = "sd21";
  private static final String SDXL = "sdxl";
  private static final String REFINER = "sdxl-refiner";

  private static final Map<String, KohyaLabel> LABELS =
      Map.of(
          SD15,
          KohyaLabel.of("sd_v1", "stable-diffusion-v1", DIFFUSERS, "512x512")
              .trainedAs("sd_v1")
              .withDiffusersNames(
                  false, new KohyaLabel.Velocity("sd_v1_v", "stable-diffusion-v1", "512x512")),
          SD21,
          KohyaLabel.of("sd_v2", "stable-diffusion-v2-512", DIFFUSERS, "512x512")
              .trainedAs("sd_v2")
              .withDiffusersNames(
                  true, new KohyaLabel.Velocity("sd_v2_v", "stable-diffusion-v2-768-v", "768x768")),
          SDXL,
          KohyaLabel.of("sdxl_base_v1-0", "stable-diffusion-xl-v1-base", STABILITY, "1024x1024")
              .trainedAs("sdxl_base"),
          REFINER,
          KohyaLabel.of(
              "sdxl_refiner_v1-0", "stable-diffusion-xl-v1-refiner", STABILITY, "1024x1024"));

  /** For the host. */
  public StableDiffusion() {}

  @Override
  public YearMonth released() {
    return YearMonth.of(2022, 8);
  }

  @Override
  public List<Family> variants() {
    return List.of(
        variant(
            SD15,
            "Stable Diffusion 1",
            new UNetSizes(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 1, 768, false, 0),
            layers -> ClipLayers.L.list(layers.at(FIRST, TextEncoderPaths.CLIP_L))),
        variant(
            SD21,
            "Stable Diffusion 2",
            new UNetSizes(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 1, 1024, true, 0),
            layers -> ClipLayers.H.list(layers.at(FIRST, TextEncoderPaths.CLIP_H))),
        variant(
            SDXL,
            "Stable Diffusion XL",
            new UNetSizes(List.of(320, 640, 1280), List.of(0, 2, 10), 10, 2048, true, 2816),
            layers -> {
              ClipLayers.L.list(layers.at(FIRST, TextEncoderPaths.CLIP_L));
              ClipLayers.G.list(layers.at(SECOND, TextEncoderPaths.CLIP_G));
            }),
        variant(
            REFINER,
            "Stable Diffusion XL Refiner",
            new UNetSizes(List.of(384, 768, 1536, 1536), List.of(0, 4, 4, 0), 4, 1280, true, 2560),
            layers -> ClipLayers.G.list(layers.at(SECOND, TextEncoderPaths.CLIP_G))));
  }

  private static Family variant(
      String name, String title, UNetSizes sizes, Consumer<LayerList> textEncoders) {
    LayerList layers = LayerList.empty();
    UNetLayers.list(sizes, layers.at(UNET, NATIVE));
    textEncoders.accept(layers);
    return layers.family(name, title);
  }

  @Override
  public Optional<KohyaLabel> label(String variant) {
    return Optional.ofNullable(LABELS.get(variant));
  }

  @Override
  public Optional<String> component(Set<String> tensors) {
    return tensors.stream().anyMatch(name -> name.startsWith("down_blocks.0."))
        ? Optional.of(UNET)
        : Optional.empty();
  }

  /**
   * By the width of the text conditioning of the first cross-attention. Smaller relatives with
   * fewer layers (SSD-1B, Segmind Vega) and models with more input channels are of the variant that
   * they derive from.
   */
  @Override
  public Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    return shape(tensors, prefix + "input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight")
        .or(
            () ->
                shape(tensors, prefix + "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"))
        .filter(s -> s.rank() == 2)
        .flatMap(
            s ->
                switch ((int) Math.min(s.size(1), Integer.MAX_VALUE)) {
                  case 768 -> Optional.of(SD15);
                  case 1024 -> Optional.of(SD21);
                  case 1280 -> Optional.of(REFINER);
                  case 2048 -> Optional.of(SDXL);
                  default -> Optional.empty();
                });
  }

  private static Optional<Shape> shape(Map<String, TensorInfo> tensors, String name) {
    return Optional.ofNullable(tensors.get(name)).map(TensorInfo::shape);
  }

  @Override
  public List<Placement> textEncoder(
      String variant, String part, String path, String parameter, long rows) {
    return new TextEncoderLocations(part, variant).of(path, parameter, rows);
  }

  @Override
  public List<NativeName> natives(SiteCatalogue sites) {
    return UNetNames.of(sites);
  }

  @Override
  public Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return UNetBlocks.of(sites);
  }
}
