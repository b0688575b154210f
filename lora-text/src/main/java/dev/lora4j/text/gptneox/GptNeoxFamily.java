package dev.lora4j.text.gptneox;

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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** GPT-NeoX, Pythia, Dolly. Checkpoints call the head {@code embed_out}. */
@Extension(point = TextFamily.class, name = "gpt_neox", help = "GPT-NeoX, Pythia, Dolly")
public final class GptNeoxFamily implements TextFamily {
  private static final String HEAD = "^lm_head\\.";
  private static final String OLDER_HEAD = "embed_out.";
  private static final Pattern BUFFER =
      Pattern.compile(".*\\.attention\\.((masked_)?bias|rotary_emb\\.inv_freq)");

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("model_type", "").equals(GptNeoxConfig.TYPE);
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new GptNeox(GptNeoxConfig.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    GptNeoxConfig sizes = GptNeoxConfig.read(config);
    return LastTokenClassifier.of(new GptNeox(sizes), sizes.hiddenSize(), labels, config);
  }

  @Override
  public LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    GptNeoxConfig sizes = GptNeoxConfig.read(config);
    return new TokenTagger(new GptNeox(sizes), "classifier", sizes.hiddenSize(), tags);
  }

  @Override
  public List<Placement> places(Parameter parameter) {
    return Stream.of(parameter.name(), parameter.name().replaceFirst(HEAD, OLDER_HEAD))
        .distinct()
        .map(name -> Placement.of("", name))
        .toList();
  }

  /** Masks and frequencies; the head for words, beside one for classes or where it is tied. */
  @Override
  public boolean ignores(String tensor) {
    return BUFFER.matcher(tensor).matches() || tensor.matches("(lm_head|embed_out|score)\\.weight");
  }
}
