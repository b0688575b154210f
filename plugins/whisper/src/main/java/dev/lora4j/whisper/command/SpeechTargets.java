package dev.lora4j.whisper.command;

import dev.lora4j.core.train.adapter.TargetLayers;
import java.util.List;

/** Layers of a Whisper that are trained, by its parts or by names of modules. */
final class SpeechTargets {
  private static final List<String> LAYERS =
      List.of("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2");

  private SpeechTargets() {}

  /** The layers of all that is named. */
  static TargetLayers of(List<String> names) {
    TargetLayers all = of(names.get(0));
    for (String name : names.subList(1, names.size())) {
      all = all.and(of(name));
    }
    return all;
  }

  private static TargetLayers of(String name) {
    return switch (name) {
      case "encoder", "decoder" -> part(name);
      case "all" -> part("encoder").and(part("decoder"));
      default -> TargetLayers.matching(name);
    };
  }

  /** Attention and feed-forward layers of a part. */
  private static TargetLayers part(String part) {
    return TargetLayers.matching(
        LAYERS.stream().map(l -> "model." + part + ".layers.*." + l).toArray(String[]::new));
  }
}
