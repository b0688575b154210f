package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.format.Placement;
import dev.lora4j.diffusion.family.OpenClipNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Locations of text encoders in checkpoints of one file. Stable Diffusion 1 to XL each have a place
 * of their own, in the layout of transformers or of OpenCLIP; later files use ComfyUI's.
 */
final class TextEncoderLocations {
  private static final String TEXT_MODEL = "text_model.";

  /** Prefixes by family and by the prefix of native names. */
  private static final Map<String, Map<String, String>> TRANSFORMERS =
      Map.of(
          "sd15", Map.of("text_encoders.clip_l.transformer.", "cond_stage_model.transformer."),
          "sdxl",
              Map.of("text_encoders.clip_l.transformer.", "conditioner.embedders.0.transformer."));

  private static final Map<String, Map<String, String>> OPEN_CLIP =
      Map.of(
          "sd21", Map.of("text_encoders.clip_h.transformer.", "cond_stage_model.model."),
          "sdxl", Map.of("text_encoders.clip_g.transformer.", "conditioner.embedders.1.model."),
          "sdxl-refiner",
              Map.of("text_encoders.clip_g.transformer.", "conditioner.embedders.0.model."));

  private final String part;
  private final Map<String, String> transformers;
  private final Map<String, String> openClip;

  TextEncoderLocations(String part, String family) {
    this.part = part;
    this.transformers = TRANSFORMERS.getOrDefault(family, Map.of());
    this.openClip = OPEN_CLIP.getOrDefault(family, Map.of());
  }

  /**
   * Possible placements of a weight, likeliest first.
   *
   * @param path the layer's native path
   * @param parameter {@code weight} or {@code bias}
   * @param rows rows of that weight
   */
  List<Placement> of(String path, String parameter, long rows) {
    List<Placement> all = new ArrayList<>();
    transformers.forEach(
        (from, to) -> {
          if (path.startsWith(from)) {
            String name = path.substring(from.length()) + "." + parameter;
            all.add(Placement.of(part, to + name));
            if (name.startsWith(TEXT_MODEL)) {
              all.add(Placement.of(part, to + name.substring(TEXT_MODEL.length())));
            }
          }
        });
    openClip.forEach(
        (from, to) -> {
          if (path.startsWith(from)) {
            OpenClipNames names = new OpenClipNames(part, to);
            all.addAll(names.of(path.substring(from.length()), parameter, rows));
          }
        });
    all.add(Placement.of(part, path + "." + parameter));
    return all;
  }
}
