package dev.lora4j.text.t5;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;

/** T5, FLAN-T5, mT5, UMT5. */
@Extension(
    point = TextFamily.class,
    name = "t5",
    help = "T5, FLAN-T5, mT5, UMT5: an input is read, and an output written")
public final class T5Family implements TextFamily {
  /** The table of encoder and decoder, and of heads without one of their own. */
  static final String EMBEDDING = "shared";

  private static final String TABLE = EMBEDDING + ".weight";
  private static final String HEAD = "lm_head.weight";

  @Override
  public boolean recognises(ConfigFile config) {
    return T5Config.kinds().contains(config.text("model_type", ""));
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    return new T5(T5Config.read(config));
  }

  /**
   * {@inheritDoc} The checkpoint decides whether the tables are tied: a head without a table of its
   * own has that of the embedding. The field of the configuration differs among versions of
   * transformers, and also decides whether the head's input is scaled.
   */
  @Override
  public List<Placement> places(Parameter parameter) {
    Placement own = Placement.of("", parameter.name());
    return parameter.name().equals(HEAD) ? List.of(own, Placement.of("", TABLE)) : List.of(own);
  }

  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith(".embed_tokens.weight")
        || tensor.endsWith("EncDecAttention.relative_attention_bias.weight");
  }
}
