package dev.lora4j.whisper.command;

import dev.lora4j.cli.train.OptionDefaults;
import java.util.Map;

/**
 * Values of the training options that learning from recordings has other ones of: a step reads half
 * a minute of sound for each text.
 */
final class SpeechDefaults extends OptionDefaults {
  SpeechDefaults() {
    super(Map.of("--rank", "8", "--batch", "4", "--validate-every", "50", "--save-every", "50"));
  }
}
