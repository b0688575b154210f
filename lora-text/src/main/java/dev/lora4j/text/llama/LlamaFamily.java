package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import java.util.List;

/** LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM, Granite. */
@Extension(
    point = TextFamily.class,
    name = "llama",
    help =
        "LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM 1 to 3, Granite and others built like them")
public final class LlamaFamily implements TextFamily {
  @Override
  public boolean recognises(ConfigFile config) {
    return LlamaKind.names().contains(config.text("model_type", ""));
  }

  @Override
  public LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? new Llama(LlamaConfig.read(config)) : classifier(config, labels);
  }

  @Override
  public LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private static LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    LlamaConfig sizes = LlamaConfig.read(config);
    return LastTokenClassifier.of(new Llama(sizes), sizes.hiddenSize(), labels, config);
  }

  /** Buffers; the head for words beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith("rotary_emb.inv_freq")
        || tensor.equals("lm_head.weight")
        || tensor.equals("score.weight");
  }
}
