package dev.lora4j.text.opt;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** OPT. */
@Extension(point = TextFamily.class, name = "opt", help = "OPT")
public final class OptFamily extends DecoderFamily {
  /** The family. */
  public OptFamily() {
    super(Set.of(OptConfig.TYPE));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    OptConfig sizes = OptConfig.read(config);
    return new Decoder(new Opt(sizes), sizes.wordWidth());
  }
}
