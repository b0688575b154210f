package dev.lora4j.text.gemma;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** Gemma 2, and the text models of Gemma 3. */
@Extension(
    point = TextFamily.class,
    name = "gemma",
    help = "Gemma 2, and the text models of Gemma 3")
public final class GemmaFamily extends DecoderFamily {
  /** The family. */
  public GemmaFamily() {
    super(Set.copyOf(GemmaKind.names()));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    GemmaConfig sizes = GemmaConfig.read(config);
    return new Decoder(new Gemma(sizes), sizes.hiddenSize());
  }
}
