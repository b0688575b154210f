package dev.lora4j.text.llama;

import dev.lora4j.core.train.Initialiser;
import dev.lora4j.text.network.UntrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An untrained LLaMA.
 *
 * @param vocabulary number of tokens
 * @param width of the stream between layers
 * @param inner width within feed-forward layers
 * @param layers how many
 * @param heads of attention; the width divides by them
 * @param keyValueHeads of keys and values; the heads divide by them
 * @param tied whether the head has the table of the embedding
 * @param longest sequence, in tokens
 */
public record NewLlama(
    int vocabulary,
    int width,
    int inner,
    int layers,
    int heads,
    int keyValueHeads,
    boolean tied,
    int longest) {
  /** Checks that the sizes fit each other. */
  public NewLlama {
    if (vocabulary < 1 || inner < 1 || layers < 1 || longest < 2 || heads < 1) {
      throw new IllegalArgumentException("All sizes of a model are 1 or more.");
    }
    if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          heads + " heads cannot share " + keyValueHeads + " of keys and values.");
    }
    if (width % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "The width must divide into " + heads + " heads of an even width, found " + width + ".");
    }
  }

  /**
   * Writes {@code config.json} and weights from chance, F32.
   *
   * @param folder is made if need be
   */
  public void write(Path folder, long seed) throws IOException {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("LlamaForCausalLM"));
    config.put("model_type", "llama");
    config.put("vocab_size", vocabulary);
    config.put("hidden_size", width);
    config.put("intermediate_size", inner);
    config.put("num_hidden_layers", layers);
    config.put("num_attention_heads", heads);
    config.put("num_key_value_heads", keyValueHeads);
    config.put("head_dim", width / heads);
    config.put("hidden_act", "silu");
    config.put("max_position_embeddings", longest);
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10000.0);
    config.put("tie_word_embeddings", tied);
    config.put("bos_token_id", 0);
    config.put("eos_token_id", 0);
    UntrainedModel.write(
        folder,
        config,
        file -> new Llama(LlamaConfig.read(file)),
        layout -> Initialiser.fill(layout, seed));
  }
}
