package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** DistilBERT. */
@Extension(point = TextFamily.class, name = DistilBertFamily.NAME, help = "DistilBERT")
public final class DistilBertFamily extends EncoderFamily {
  static final String NAME = "distilbert";

  /** The family. */
  public DistilBertFamily() {
    super(Set.of(NAME));
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new DistilBert(EncoderConfig.distilBert(config, labels), level);
  }
}
