package dev.lora4j.text.olmo;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** OLMo 2 and 3. */
@Extension(point = TextFamily.class, name = "olmo", help = "OLMo 2 and 3")
public final class OlmoFamily extends DecoderFamily {
  /** The family. */
  public OlmoFamily() {
    super(Set.of(OlmoConfig.OLMO2, OlmoConfig.OLMO3));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    OlmoConfig sizes = OlmoConfig.read(config);
    return new Decoder(new Olmo(sizes), sizes.hiddenSize());
  }
}
