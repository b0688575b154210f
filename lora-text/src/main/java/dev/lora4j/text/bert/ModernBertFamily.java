package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** ModernBERT. */
@Extension(point = TextFamily.class, name = ModernBertFamily.NAME, help = "ModernBERT")
public final class ModernBertFamily extends EncoderFamily {
  static final String NAME = "modernbert";

  /** The family. */
  public ModernBertFamily() {
    super(Set.of(NAME));
  }

  @Override
  String level() {
    return "model.";
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new ModernBert(ModernBertConfig.read(config), level, labels, false);
  }

  @Override
  public LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    return new ModernBert(ModernBertConfig.read(config), level(), tags, true);
  }
}
