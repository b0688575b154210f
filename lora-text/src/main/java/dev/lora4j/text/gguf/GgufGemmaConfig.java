package dev.lora4j.text.gguf;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;

/**
 * What the configuration of a Gemma has beyond that of other models. What files do not say is as in
 * llama.cpp.
 *
 * @param sizes of a file with Gemma 2 or 3
 * @param config with the sizes; what is missing is added
 */
record GgufGemmaConfig(GgufSizes sizes, JsonObject config) {
  /** Layers of the models with 27 billion weights, whose scale is not that of a head's width. */
  private static final int GEMMA2_27B = 46;

  private static final int GEMMA3_27B = 62;

  /** Above what any model has. */
  private static final int MOST_LAYERS = 10_000;

  void add() {
    boolean second = second();
    int layers = size("num_hidden_layers");
    config.addProperty("hidden_activation", "gelu_pytorch_tanh");
    config.addProperty("query_pre_attn_scalar", scale(layers));
    int window = sizes.size(GgufKeys.SLIDING).orElse(second ? 4096 : 0);
    int every = second ? 2 : sizes.atLeast(1, GgufKeys.PATTERN).orElse(6);
    if (window > 0) {
      config.addProperty("sliding_window", window);
    }
    if (layers <= MOST_LAYERS) { // more are refused later
      config.add("layer_types", layerTypes(layers, window > 0 ? every : 1));
    }
    cap(GgufKeys.LOGIT_CAP, second ? 30 : 0, "final_logit_softcapping");
    if (second) {
      cap("attn_logit_softcapping", 50, "attn_logit_softcapping");
    } else {
      config.addProperty(
          "rope_local_base_freq", sizes.number(GgufKeys.SLIDING_BASE).orElse(10_000.0));
    }
  }

  private boolean second() {
    return sizes.architecture() == GgufArchitecture.GEMMA2;
  }

  /** What products of queries and keys are divided by the root of, which no file says. */
  private int scale(int layers) {
    boolean large = layers == (second() ? GEMMA2_27B : GEMMA3_27B);
    int heads = size("num_attention_heads");
    return large && heads > 0 ? size("hidden_size") / heads : size("head_dim");
  }

  private int size(String name) {
    return config.get(name).getAsInt();
  }

  /** All but every n-th layer have a window. */
  private static JsonArray layerTypes(int layers, int every) {
    JsonArray types = new JsonArray();
    for (int layer = 1; layer <= layers; layer++) {
      types.add(layer % every == 0 ? "full_attention" : "sliding_attention");
    }
    return types;
  }

  private void cap(String key, double otherwise, String here) {
    double found = sizes.number(key).orElse(otherwise);
    if (found == 0) {
      config.add(here, JsonNull.INSTANCE);
    } else {
      config.addProperty(here, found);
    }
  }
}
