package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.TextNetwork;

/** LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM. */
@Extension(
    point = TextFamily.class,
    name = "llama",
    help = "LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM and others built like them")
public final class LlamaFamily implements TextFamily {
  @Override
  public String name() {
    return "llama";
  }

  @Override
  public boolean recognises(ConfigFile config) {
    return LlamaKind.names().contains(config.text("model_type", ""));
  }

  @Override
  public TextNetwork network(ConfigFile config) {
    return new Llama(LlamaConfig.read(config));
  }

  @Override
  public boolean ignores(String tensor) {
    return tensor.endsWith("rotary_emb.inv_freq");
  }
}
