package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.spi.Extension;

/** Decoders for the prompts of pictures: {@code Qwen2ForCausalLM} and others built like LLaMA. */
@Extension(
    point = TextEncoderFamily.class,
    name = "llama",
    help = "LLaMA, Mistral, Qwen2, Qwen3 and others built like them")
public final class LlamaTextEncoderFamily implements TextEncoderFamily {
  /** For the host. */
  public LlamaTextEncoderFamily() {}

  @Override
  public boolean recognises(ConfigFile config) {
    return LlamaKind.names().contains(config.text("model_type", ""));
  }

  @Override
  public TextEncoderNetwork network(ConfigFile config) {
    return new LlamaTextEncoder(LlamaConfig.read(config));
  }
}
