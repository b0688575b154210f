package dev.lora4j.text.starcoder2;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import java.util.List;

/** StarCoder2. */
@Extension(point = TextFamily.class, name = "starcoder2", help = "StarCoder2")
public final class Starcoder2Family implements TextFamily {
  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("model_type", "").equals(Starcoder2Config.TYPE);
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty()
        ? new Starcoder2(Starcoder2Config.read(config))
        : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    Starcoder2Config sizes = Starcoder2Config.read(config);
    return LastTokenClassifier.of(new Starcoder2(sizes), sizes.hiddenSize(), labels, config);
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals("lm_head.weight") || tensor.equals("score.weight");
  }
}
