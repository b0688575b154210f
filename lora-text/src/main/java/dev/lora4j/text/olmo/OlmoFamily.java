package dev.lora4j.text.olmo;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import java.util.List;

/** OLMo 2 and 3. */
@Extension(point = TextFamily.class, name = "olmo", help = "OLMo 2 and 3")
public final class OlmoFamily implements TextFamily {
  @Override
  public boolean recognises(ConfigFile config) {
    return List.of(OlmoConfig.OLMO2, OlmoConfig.OLMO3).contains(config.text("model_type", ""));
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new Olmo(OlmoConfig.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    OlmoConfig sizes = OlmoConfig.read(config);
    return LastTokenClassifier.of(new Olmo(sizes), sizes.hiddenSize(), labels, config);
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals("lm_head.weight") || tensor.equals("score.weight");
  }
}
