package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.text.model.DecoderFamily;
import dev.lora4j.text.model.TextFamily;
import java.util.Set;

/** LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM, Granite. */
@Extension(
    point = TextFamily.class,
    name = "llama",
    help =
        "LLaMA 2 and 3, Mistral, Qwen2, Qwen3, SmolLM 1 to 3, Granite and others built like them")
public final class LlamaFamily extends DecoderFamily {
  /** The family. */
  public LlamaFamily() {
    super(Set.copyOf(LlamaKind.names()));
  }

  @Override
  protected Decoder decoder(ConfigFile config) {
    LlamaConfig sizes = LlamaConfig.read(config);
    return new Decoder(new Llama(sizes), sizes.hiddenSize());
  }

  /** Buffers; the head for words beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return super.ignores(tensor) || tensor.endsWith("rotary_emb.inv_freq");
  }
}
