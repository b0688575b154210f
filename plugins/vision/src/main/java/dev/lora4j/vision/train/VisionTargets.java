package dev.lora4j.vision.train;

import dev.lora4j.core.adapter.training.SitePattern;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.vision.VisionModel;
import java.util.regex.Pattern;

/** Layers of a ResNet that are trained. */
public final class VisionTargets {
  /** All convolutions, of torchvision's names and of transformers'. */
  public static final TargetLayers ALL =
      TargetLayers.matching("re:.*\\.(conv\\d|downsample\\.0|convolution)");

  private VisionTargets() {}

  /**
   * The layers that a word or a pattern names.
   *
   * @param text {@code all} convolutions, {@code 3x3} for those of that kernel, or a regular
   *     expression for the whole name of a layer as files have it, such as {@code layer4\..*}
   * @throws IllegalArgumentException if it is none of these
   */
  public static TargetLayers of(String text, VisionModel model) {
    if (text.equals("all")) {
      return convolutions(model, 0);
    }
    if (text.equals("3x3")) {
      return convolutions(model, 3);
    }
    SitePattern.of("re:" + text);
    return TargetLayers.matching(
        "re:" + Pattern.quote(VisionModel.MODEL + ".") + "(?:" + text + ")");
  }

  private static TargetLayers convolutions(VisionModel model, int kernel) {
    return TargetLayers.matching(
        model.sites().all().stream()
            .filter(Site::convolution)
            .filter(s -> kernel == 0 || s.weight().size(2) == kernel)
            .map(Site::name)
            .toArray(String[]::new));
  }
}
