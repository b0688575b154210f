package dev.lora4j.text.starcoder2;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** StarCoder2. */
@Extension(point = TextFamily.class, name = "starcoder2", help = "StarCoder2")
public final class Starcoder2Family extends DecoderFamily {
  /** The family. */
  public Starcoder2Family() {
    super(Set.of(Starcoder2Config.TYPE));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    Starcoder2Config sizes = Starcoder2Config.read(config);
    return new Decoder(new Starcoder2(sizes), sizes.hiddenSize());
  }
}
