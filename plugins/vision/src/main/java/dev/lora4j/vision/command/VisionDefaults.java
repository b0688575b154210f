package dev.lora4j.vision.command;

import dev.lora4j.cli.train.OptionDefaults;
import java.util.Map;

/** Values of the training options that learning from pictures with classes has other ones of. */
final class VisionDefaults extends OptionDefaults {
  VisionDefaults() {
    super(
        Map.of(
            "--rank",
            "4",
            "--epochs",
            "10",
            "--batch",
            "16",
            "--lr",
            "2e-3",
            "--validate-every",
            "50",
            "--save-every",
            "50"));
  }
}
