package dev.lora4j.whisper.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;

/** Whisper, in all its sizes. */
@Extension(
    point = TextFamily.class,
    name = "whisper",
    help = "Whisper: a recording is read, and a transcript written")
public final class WhisperFamily implements TextFamily {
  /** For the host. */
  public WhisperFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("model_type", "").equals("whisper");
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    return new Whisper(WhisperConfig.read(config));
  }
}
