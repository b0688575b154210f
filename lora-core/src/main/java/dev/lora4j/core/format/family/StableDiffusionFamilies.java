package dev.lora4j.core.format.family;

import dev.lora4j.core.format.Family;
import java.util.List;

/** Stable Diffusion 1, 2 and XL: a UNet with one or two CLIP text encoders. */
final class StableDiffusionFamilies {
  private static final String UNET = "diffusion_model";

  private StableDiffusionFamilies() {}

  static List<Family> all() {
    return List.of(sd15(), sd21(), sdxl(), refiner());
  }

  private static Family sd15() {
    LayerList layers = LayerList.empty();
    UNetSizes sizes =
        new UNetSizes(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 1, 768, false, 0);
    UNetLayers.list(sizes, layers.at("unet", UNET));
    ClipLayers.L.list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    return layers.family("sd15", "Stable Diffusion 1");
  }

  private static Family sd21() {
    LayerList layers = LayerList.empty();
    UNetSizes sizes =
        new UNetSizes(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 1, 1024, true, 0);
    UNetLayers.list(sizes, layers.at("unet", UNET));
    ClipLayers.H.list(layers.at("text_encoder", TextEncoderPaths.CLIP_H));
    return layers.family("sd21", "Stable Diffusion 2");
  }

  private static Family sdxl() {
    LayerList layers = LayerList.empty();
    UNetSizes sizes =
        new UNetSizes(List.of(320, 640, 1280), List.of(0, 2, 10), 10, 2048, true, 2816);
    UNetLayers.list(sizes, layers.at("unet", UNET));
    ClipLayers.L.list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    ClipLayers.G.list(layers.at("text_encoder_2", TextEncoderPaths.CLIP_G));
    return layers.family("sdxl", "Stable Diffusion XL");
  }

  private static Family refiner() {
    LayerList layers = LayerList.empty();
    UNetSizes sizes =
        new UNetSizes(List.of(384, 768, 1536, 1536), List.of(0, 4, 4, 0), 4, 1280, true, 2560);
    UNetLayers.list(sizes, layers.at("unet", UNET));
    ClipLayers.G.list(layers.at("text_encoder_2", TextEncoderPaths.CLIP_G));
    return layers.family("sdxl-refiner", "Stable Diffusion XL Refiner");
  }
}
