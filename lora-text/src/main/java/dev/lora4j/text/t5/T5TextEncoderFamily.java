package dev.lora4j.text.t5;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.spi.Extension;

/** Encoders of T5 for the prompts of pictures: {@code T5EncoderModel} and its kin. */
@Extension(
    point = TextEncoderFamily.class,
    name = "t5",
    help = "encoders of T5, FLAN-T5, mT5 and UMT5")
public final class T5TextEncoderFamily implements TextEncoderFamily {
  /** For the host. */
  public T5TextEncoderFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return T5Config.kinds().contains(config.text("model_type", ""));
  }

  @Override
  public TextEncoderNetwork network(ConfigFile config) {
    return new T5TextEncoder(T5Config.read(config));
  }
}
