package dev.lora4j.text.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.gguf.GgufWeights;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Map;

/**
 * Fields of a Phi-3 that other models have not: a window, heads that are turned in part, and
 * factors of positions, which are tensors of the file.
 *
 * @param sizes of a file with a Phi-3
 * @param config with the sizes; what is missing is added
 */
record GgufPhi3Config(GgufSizes sizes, JsonObject config) {
  private static final String BEFORE = "rope.scaling.original_context_length";
  private static final String LONG = "rope_factors_long.weight";
  private static final String SHORT = "rope_factors_short.weight";

  /** Tensors that belong to the configuration, by the parameters that they are. */
  static final Map<String, String> FACTORS = Map.of(LONG, "long_factor", SHORT, "short_factor");

  void add() {
    int window = sizes.size(GgufKeys.SLIDING).orElse(0);
    if (window > 0) {
      config.addProperty("sliding_window", window);
    }
    int width = config.get("head_dim").getAsInt();
    int turned = sizes.size(GgufKeys.TURNED).orElse(width);
    if (turned != width) {
      // Half an element more, as what is no whole number of elements is cut.
      config.addProperty("partial_rotary_factor", width > 0 ? (turned + 0.5) / width : 0);
    }
    config.addProperty(
        "original_max_position_embeddings",
        sizes.size(BEFORE).orElse(config.get("max_position_embeddings").getAsInt()));
    config.add("rope_scaling", scaling(turned));
  }

  private JsonElement scaling(int turned) {
    GgufFile file = sizes.file();
    if (FACTORS.keySet().stream().noneMatch(file.tensors()::containsKey)) {
      return JsonNull.INSTANCE;
    }
    JsonObject scaling = new JsonObject();
    scaling.addProperty("rope_type", "longrope");
    FACTORS.forEach((tensor, name) -> scaling.add(name, factors(file, tensor, turned)));
    scaling.addProperty("attention_factor", sizes.real(GgufKeys.ATTENTION_FACTOR));
    return scaling;
  }

  private static JsonArray factors(GgufFile file, String name, int turned) {
    GgufTensor tensor = file.tensor(name);
    if (turned < 0 || tensor.elements() != (turned + 1L) / 2) {
      throw new ModelException(
          "%s: %s has %d numbers; expected half of the %d elements of a head that are turned."
              .formatted(file.path(), name, tensor.elements(), turned));
    }
    float[] factors = new float[(int) tensor.elements()];
    new GgufWeights(file, List.of(GgufWeight.of("factors", name))).decode("factors", 0, factors);
    JsonArray all = new JsonArray();
    for (float factor : factors) {
      all.add(factor);
    }
    return all;
  }
}
