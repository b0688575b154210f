package dev.lora4j.cli.text;

import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Layers of a language model that are trained, by presets or by names of modules. */
final class TextTargets implements TargetOption {
  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train: attention, attention-feed-forward (default), linear; or patterns of"
              + " names as PEFT's target_modules has them, for example q_proj,v_proj, or * for"
              + " everything; none for the layers of --saved alone.")
  private List<String> targets = new ArrayList<>();

  @Override
  public List<String> names() {
    return targets;
  }

  @Override
  public TargetLayers unsaid() {
    return TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD);
  }

  @Override
  public TargetLayers named(String name) {
    return TargetPreset.known(name)
        ? TargetLayers.of(TargetPreset.named(name))
        : TargetLayers.matching(name);
  }
}
