package dev.lora4j.text.gemma;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import java.util.List;

/** Gemma 2, and the text models of Gemma 3. */
@Extension(
    point = TextFamily.class,
    name = "gemma",
    help = "Gemma 2, and the text models of Gemma 3")
public final class GemmaFamily implements TextFamily {
  @Override
  public boolean recognises(ConfigFile config) {
    return GemmaKind.names().contains(config.text("model_type", ""));
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new Gemma(GemmaConfig.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    GemmaConfig sizes = GemmaConfig.read(config);
    return LastTokenClassifier.of(new Gemma(sizes), sizes.hiddenSize(), labels, config);
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals("lm_head.weight") || tensor.equals("score.weight");
  }
}
