package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** DeBERTa of the second and third version, mDeBERTa. */
@Extension(
    point = TextFamily.class,
    name = DebertaFamily.NAME,
    help = "DeBERTa of the second and third version, mDeBERTa")
public final class DebertaFamily extends EncoderFamily {
  static final String NAME = "deberta-v2";

  /** The family. */
  public DebertaFamily() {
    super(Set.of(NAME));
  }

  @Override
  String level() {
    return "deberta.";
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    return new Deberta(DebertaConfig.read(config), level, labels);
  }

  /** {@inheritDoc} Files have tables of positions that their models do not use. */
  @Override
  public boolean ignores(String tensor) {
    return super.ignores(tensor)
        || tensor.matches("(deberta\\.)?embeddings\\.position_embeddings\\.weight");
  }
}
