package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** ELECTRA, the discriminator: a BERT whose tables may be narrower than its layers. */
@Extension(point = TextFamily.class, name = ElectraFamily.NAME, help = "ELECTRA")
public final class ElectraFamily extends EncoderFamily {
  static final String NAME = "electra";

  /** The family. */
  public ElectraFamily() {
    super(Set.of(NAME));
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new Bert(EncoderConfig.electra(config, labels), level, Bert.Head.FIRST_TOKEN_GELU);
  }
}
