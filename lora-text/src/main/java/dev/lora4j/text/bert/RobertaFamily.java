package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** RoBERTa, XLM-RoBERTa, CamemBERT. */
@Extension(
    point = TextFamily.class,
    name = RobertaFamily.NAME,
    help = "RoBERTa, XLM-RoBERTa, CamemBERT")
public final class RobertaFamily extends EncoderFamily {
  static final String NAME = "roberta";

  /** The family. */
  public RobertaFamily() {
    super(Set.of(NAME, "xlm-roberta", "camembert"));
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new Bert(EncoderConfig.bert(config, labels, true, false), level, Bert.Head.FIRST_TOKEN);
  }
}
