package dev.lora4j.text.phi3;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import java.util.List;

/** Phi-3, Phi-3.5, Phi-4 and Phi-4-mini. */
@Extension(point = TextFamily.class, name = "phi3", help = "Phi-3, Phi-3.5, Phi-4 and Phi-4-mini")
public final class Phi3Family implements TextFamily {
  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("model_type", "").equals(Phi3Config.TYPE);
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new Phi3(Phi3Config.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    Phi3Config sizes = Phi3Config.read(config);
    return LastTokenClassifier.of(new Phi3(sizes), sizes.hiddenSize(), labels, config);
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals("lm_head.weight") || tensor.equals("score.weight");
  }
}
