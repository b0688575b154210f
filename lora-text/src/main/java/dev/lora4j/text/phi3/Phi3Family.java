package dev.lora4j.text.phi3;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** Phi-3, Phi-3.5, Phi-4 and Phi-4-mini. */
@Extension(point = TextFamily.class, name = "phi3", help = "Phi-3, Phi-3.5, Phi-4 and Phi-4-mini")
public final class Phi3Family extends DecoderFamily {
  /** The family. */
  public Phi3Family() {
    super(Set.of(Phi3Config.TYPE));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    Phi3Config sizes = Phi3Config.read(config);
    return new Decoder(new Phi3(sizes), sizes.hiddenSize());
  }
}
