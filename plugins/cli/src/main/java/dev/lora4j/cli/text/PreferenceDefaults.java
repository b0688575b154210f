package dev.lora4j.cli.text;

import dev.lora4j.cli.train.OptionDefaults;
import java.util.Map;

/**
 * Values of the training options that learning from preferences has other ones of: a model is to
 * stay near what it was.
 */
final class PreferenceDefaults extends OptionDefaults {
  PreferenceDefaults() {
    super(Map.of("--lr", "1e-4", "--epochs", "1", "--held-out", "0.1"));
  }
}
