package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** BERT, MiniLM. */
@Extension(point = TextFamily.class, name = BertFamily.NAME, help = "BERT, MiniLM")
public final class BertFamily extends EncoderFamily {
  static final String NAME = "bert";

  /** The family. */
  public BertFamily() {
    super(Set.of(NAME));
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new Bert(EncoderConfig.bert(config, labels, false, true), level, Bert.Head.POOLED);
  }
}
