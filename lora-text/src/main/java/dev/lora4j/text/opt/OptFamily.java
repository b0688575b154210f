package dev.lora4j.text.opt;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import dev.lora4j.text.network.TokenTagger;
import java.util.List;
import java.util.stream.Stream;

/** OPT. Checkpoints may be without the level {@code model}. */
@Extension(point = TextFamily.class, name = "opt", help = "OPT")
public final class OptFamily implements TextFamily {
  private static final String LEVEL = "model.";

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("model_type", "").equals(OptConfig.TYPE);
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new Opt(OptConfig.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    OptConfig sizes = OptConfig.read(config);
    return LastTokenClassifier.of(new Opt(sizes), sizes.wordWidth(), labels, config);
  }

  @Override
  public LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    OptConfig sizes = OptConfig.read(config);
    return new TokenTagger(new Opt(sizes), "score", sizes.wordWidth(), tags);
  }

  @Override
  public List<Placement> places(Parameter parameter) {
    String name = parameter.name();
    return Stream.of(name, name.startsWith(LEVEL) ? name.substring(LEVEL.length()) : name)
        .distinct()
        .map(n -> Placement.of("", n))
        .toList();
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals("lm_head.weight") || tensor.equals("score.weight");
  }
}
