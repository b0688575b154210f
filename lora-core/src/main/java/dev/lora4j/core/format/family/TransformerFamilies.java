package dev.lora4j.core.format.family;

import dev.lora4j.core.format.Family;
import java.util.List;

/** Stable Diffusion 3 and FLUX: a transformer with CLIP text encoders and T5. */
final class TransformerFamilies {
  private static final String TRANSFORMER = "transformer";
  private static final String NATIVE = "diffusion_model";

  private TransformerFamilies() {}

  static List<Family> all() {
    return List.of(
        sd3("sd3", "Stable Diffusion 3 Medium", new Sd3Layers(24, false, 0)),
        sd3("sd35m", "Stable Diffusion 3.5 Medium", new Sd3Layers(24, true, 13)),
        sd3("sd35l", "Stable Diffusion 3.5 Large", new Sd3Layers(38, true, 0)),
        flux());
  }

  private static Family sd3(String name, String title, Sd3Layers transformer) {
    LayerList layers = LayerList.empty();
    transformer.list(layers.at(TRANSFORMER, NATIVE));
    ClipLayers.L.projected().list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    ClipLayers.G.list(layers.at("text_encoder_2", TextEncoderPaths.CLIP_G));
    T5Layers.list(layers.at("text_encoder_3", TextEncoderPaths.T5));
    return layers.family(name, title);
  }

  private static Family flux() {
    LayerList layers = LayerList.empty();
    FluxLayers.list(layers.at(TRANSFORMER, NATIVE));
    ClipLayers.L.list(layers.at("text_encoder", TextEncoderPaths.CLIP_L));
    T5Layers.list(layers.at("text_encoder_2", TextEncoderPaths.T5));
    return layers.family("flux", "FLUX.1");
  }
}
