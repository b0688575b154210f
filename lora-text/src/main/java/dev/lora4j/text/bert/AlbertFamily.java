package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Set;

/** ALBERT. */
@Extension(point = TextFamily.class, name = AlbertFamily.NAME, help = "ALBERT")
public final class AlbertFamily extends EncoderFamily {
  static final String NAME = "albert";

  /** Most layers of all passes together. */
  private static final int MOST_LAYERS = 1000;

  /** The family. */
  public AlbertFamily() {
    super(Set.of(NAME));
  }

  @Override
  LanguageNetwork network(ConfigFile config, List<String> labels, String level) {
    EncoderConfig own = EncoderConfig.albert(config, labels);
    ConfigSizes sizes = new ConfigSizes(config);
    int groups = sizes.layers("num_hidden_groups", 1);
    int inner = sizes.layers("inner_group_num", 1);
    requireAtMost(config, "num_hidden_groups", groups, own.layers());
    requireAtMost(config, "inner_group_num", inner, MOST_LAYERS / own.layers());
    return new Albert(own, groups, inner, level);
  }

  private static void requireAtMost(ConfigFile config, String key, int value, int most) {
    if (value > most) {
      throw new ModelException(
          "%s: '%s' is %d; with this 'num_hidden_layers' it should be %d at most."
              .formatted(config.file(), key, value, most));
    }
  }
}
