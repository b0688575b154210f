package dev.lora4j.cli.text;

import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import java.util.List;

/** Layers of a language model that are trained, by presets or by names of modules. */
final class TextTargets {
  private TextTargets() {}

  /** Name for no layers: those that are trained whole are all. */
  private static final String NONE = "none";

  /** True if no layers get factors. */
  static boolean none(List<String> names) {
    return names.equals(List.of(NONE));
  }

  /** The layers of all that is named; attention and feed-forward layers if nothing is. */
  static TargetLayers of(List<String> names) {
    if (names.isEmpty()) {
      return TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD);
    }
    if (none(names)) {
      return TargetLayers.matching();
    }
    TargetLayers all = of(names.get(0));
    for (String name : names.subList(1, names.size())) {
      all = all.and(of(name));
    }
    return all;
  }

  private static TargetLayers of(String name) {
    return TargetPreset.known(name)
        ? TargetLayers.of(TargetPreset.named(name))
        : TargetLayers.matching(name);
  }
}
