package dev.lora4j.text.gemma;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.LayerRopes;
import dev.lora4j.text.network.LayerTypes;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.RotaryLayer;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;
import java.util.OptionalDouble;

/** Kinds of Gemma, with what differs between them. */
enum GemmaKind {
  GEMMA2("gemma2", 8192),
  GEMMA3("gemma3_text", 131_072);

  private static final int WINDOW = 4096;

  /** Bases of frequencies where a configuration of Gemma 3 names none. */
  private static final double FULL_BASE = 1_000_000;

  private static final double SLIDING_BASE = 10_000;

  private final String type;
  private final int longest;

  GemmaKind(String type, int longest) {
    this.type = type;
    this.longest = longest;
  }

  /** Values of {@code model_type} in configurations. */
  static List<String> names() {
    return List.of(values()).stream().map(k -> k.type).toList();
  }

  static GemmaKind of(ConfigFile config) {
    String type = config.text("model_type", "");
    return List.of(values()).stream().filter(k -> k.type.equals(type)).findFirst().orElseThrow();
  }

  int longest() {
    return longest;
  }

  /** True if queries and keys are normed. */
  boolean headNorm() {
    return this == GEMMA3;
  }

  /** Bound of attention's scores; transformers has a field for it in Gemma 3 and computes none. */
  OptionalDouble attentionCap(ConfigFile config) {
    String key = "attn_logit_softcapping";
    if (this == GEMMA3) {
      config.require(key, "");
      return OptionalDouble.empty();
    }
    return cap(config, key, 50);
  }

  /** Bound of the logits. */
  OptionalDouble logitCap(ConfigFile config) {
    return cap(config, "final_logit_softcapping", this == GEMMA2 ? 30 : 0);
  }

  /** A bound; null turns it off, and 0 is a default of none. */
  private static OptionalDouble cap(ConfigFile config, String key, double otherwise) {
    boolean none = config.states(key) ? !config.has(key) : otherwise == 0;
    return none
        ? OptionalDouble.empty()
        : OptionalDouble.of(config.between(key, 0, 1e9, otherwise));
  }

  /** Windows and rotary embeddings of the layers. */
  List<RotaryLayer> layers(ConfigFile config, int layers, int headDim, int most) {
    List<Boolean> sliding = sliding(config, layers);
    SlidingWindow window = sliding.contains(true) ? window(config) : SlidingWindow.ALL;
    return ropes(config, RopeScaling.of(config, headDim, most)).layers(sliding, window);
  }

  private LayerRopes ropes(ConfigFile config, RopeScaling how) {
    if (this == GEMMA2) {
      Rope all = how.read();
      return new LayerRopes(all, all);
    }
    double local = config.real("rope_local_base_freq", SLIDING_BASE);
    return LayerRopes.read(how.withBase(FULL_BASE), local);
  }

  private static SlidingWindow window(ConfigFile config) {
    if (config.states("sliding_window") && !config.has("sliding_window")) {
      throw new ModelException(
          config.file()
              + ": 'sliding_window' is null, but layers have a sliding window; it should be a whole"
              + " number from 1.");
    }
    return SlidingWindow.of(new ConfigSizes(config).size("sliding_window", WINDOW));
  }

  /** True for layers with a window: as the configuration lists them, or all but every n-th. */
  private List<Boolean> sliding(ConfigFile config, int layers) {
    int every = this == GEMMA2 ? 2 : new ConfigSizes(config).size("sliding_window_pattern", 6);
    return LayerTypes.sliding(config, layers, layer -> (layer + 1) % every != 0);
  }
}
