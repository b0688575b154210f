package dev.lora4j.whisper.command;

import dev.lora4j.cli.text.TargetOption;
import dev.lora4j.core.train.adapter.TargetLayers;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Layers of a Whisper that are trained, by its parts or by names of modules. */
final class SpeechTargets implements TargetOption {
  private static final String ENCODER = "encoder";
  private static final String DECODER = "decoder";
  private static final List<String> LAYERS =
      List.of("q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2");

  @Option(
      names = "--targets",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Layers to train: encoder (default), decoder or all of the attention and feed-forward"
              + " layers there; or patterns of names as PEFT's target_modules has them, for example"
              + " q_proj,v_proj; none for the layers of --saved alone.")
  private List<String> targets = new ArrayList<>();

  @Override
  public List<String> names() {
    return targets;
  }

  @Override
  public TargetLayers unsaid() {
    return part(ENCODER);
  }

  @Override
  public TargetLayers named(String name) {
    return switch (name) {
      case ENCODER, DECODER -> part(name);
      case "all" -> part(ENCODER).and(part(DECODER));
      default -> TargetLayers.matching(name);
    };
  }

  /** Attention and feed-forward layers of a part. */
  private static TargetLayers part(String part) {
    return TargetLayers.matching(
        LAYERS.stream().map(l -> "model." + part + ".layers.*." + l).toArray(String[]::new));
  }
}
