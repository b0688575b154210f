package dev.lora4j.text.gguf;

import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.gguf.GgufWeights;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.StoredTensors;
import java.nio.file.Path;
import java.util.List;

/**
 * A language model in a GGUF file, as transformers would have it in a folder.
 *
 * @param file the opened file
 * @param config what its {@code config.json} would say
 */
public record GgufLanguageModel(GgufFile file, ConfigFile config) {
  /**
   * Opens a file; its weights stay on disk.
   *
   * @throws dev.lora4j.core.gguf.GgufException if it is damaged, or no GGUF file
   * @throws dev.lora4j.core.model.ModelException if it is of an architecture or has a setting that
   *     cannot be computed
   */
  public static GgufLanguageModel open(Path path) {
    GgufFile file = GgufFile.open(path);
    GgufArchitecture architecture = GgufArchitecture.of(file);
    JsonObject config =
        architecture == GgufArchitecture.T5
            ? GgufT5Config.of(file)
            : GgufModelConfig.of(file, architecture);
    return new GgufLanguageModel(file, ConfigFile.of(path, config.toString()));
  }

  /** The weights, under the names and in the arrangement of transformers. */
  public StoredTensors weights() {
    return new GgufWeights(
        file, GgufArchitecture.of(file) == GgufArchitecture.T5 ? ofT5() : decoder());
  }

  private List<GgufWeight> ofT5() {
    boolean gated = file.tensors().containsKey(GgufT5Names.GATE);
    return file.tensors().keySet().stream().map(t -> GgufT5Names.weight(t, gated)).toList();
  }

  private List<GgufWeight> decoder() {
    GgufArchitecture architecture = GgufArchitecture.of(file);
    boolean paired = architecture.pairedHeads();
    int heads = paired ? config.integer("num_attention_heads") : 0;
    int keyHeads = paired ? config.integer("num_key_value_heads") : 0;
    return file.tensors().values().stream()
        .filter(tensor -> !tensor.name().equals(GgufNames.ROPE_FACTORS))
        .filter(tensor -> !GgufPhi3Config.FACTORS.containsKey(tensor.name()))
        .map(
            tensor ->
                switch (architecture) {
                  case GEMMA2, GEMMA3 -> GgufNames.gemma(tensor);
                  case PHI3 -> GgufNames.fused(tensor);
                  case OLMO2 -> GgufNames.normedBehind(tensor);
                  default -> GgufNames.weight(tensor, heads, keyHeads);
                })
        .toList();
  }
}
