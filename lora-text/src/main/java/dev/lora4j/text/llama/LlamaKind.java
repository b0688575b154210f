package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.text.llama.LlamaConfig.Bias;
import dev.lora4j.text.llama.LlamaConfig.Scales;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.LayerTypes;
import dev.lora4j.text.network.SlidingWindow;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Kinds of models like LLaMA, with their different defaults. */
enum LlamaKind {
  LLAMA(2048),
  MISTRAL(131072),
  QWEN2(32768),
  QWEN3(32768),
  SMOLLM3(32768),
  GRANITE(2048);

  private static final int QWEN3_HEAD = 128;
  private static final int MISTRAL_WINDOW = 4096;
  private static final String WINDOW = "sliding_window";
  private static final String UNTURNED = "no_rope_layers";

  /** Above any factor that was published. */
  private static final double MOST_SCALE = 1e6;

  private final int longest;

  LlamaKind(int longest) {
    this.longest = longest;
  }

  /** Values of {@code model_type} in configurations. */
  static List<String> names() {
    return List.of(values()).stream().map(k -> k.name().toLowerCase(Locale.ROOT)).toList();
  }

  static LlamaKind of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  int longest() {
    return longest;
  }

  int headDim(ConfigFile config, int width, int heads) {
    return this == QWEN3 && !config.has("head_dim")
        ? QWEN3_HEAD
        : new ConfigSizes(config).headWidth(width, heads);
  }

  /** Base of positions' frequencies. */
  double base() {
    return this == SMOLLM3 ? 2_000_000 : 10_000;
  }

  Scales scales(ConfigFile config) {
    return this == GRANITE
        ? new Scales(
            scale(config, "embedding_multiplier"),
            scale(config, "residual_multiplier"),
            OptionalDouble.of(scale(config, "attention_multiplier")),
            scale(config, "logits_scaling"))
        : Scales.NONE;
  }

  private static double scale(ConfigFile config, String key) {
    return config.between(key, 0, MOST_SCALE, 1);
  }

  /** For each layer, whether positions turn it; in SmolLM3 all but every n-th. */
  List<Boolean> turned(ConfigFile config, int layers) {
    if (this != SMOLLM3) {
      return Collections.nCopies(layers, true);
    }
    if (!config.has(UNTURNED)) {
      int every = new ConfigSizes(config).size("no_rope_layer_interval", 4);
      return IntStream.range(0, layers).mapToObj(layer -> (layer + 1) % every != 0).toList();
    }
    List<Integer> turned = config.listWithin(UNTURNED, 0, 1);
    if (turned.size() < layers) {
      config.requireCount(UNTURNED, turned.size(), layers);
    }
    return turned.stream().limit(layers).map(t -> t == 1).toList();
  }

  Bias bias(ConfigFile config) {
    boolean attention = config.flag("attention_bias", false);
    return switch (this) {
      case LLAMA, SMOLLM3, GRANITE ->
          new Bias(attention, attention, config.flag("mlp_bias", false));
      case MISTRAL -> new Bias(false, false, false);
      case QWEN2 -> new Bias(true, false, false);
      case QWEN3 -> new Bias(attention, attention, false);
    };
  }

  /**
   * Sliding window of each layer. Mistral has a window unless it is null; Qwen has one if the
   * configuration turns it on, in the layers that {@code layer_types} names, or in its last ones;
   * SmolLM3 has one in those that are named, or, if it is turned on, in those without positions.
   */
  List<SlidingWindow> slidingWindows(ConfigFile config, List<Boolean> turned) {
    List<Boolean> sliding = sliding(config, turned);
    if (!sliding.contains(true)) {
      return Collections.nCopies(turned.size(), SlidingWindow.ALL);
    }
    ConfigSizes sizes = new ConfigSizes(config);
    SlidingWindow window =
        SlidingWindow.of(this == MISTRAL ? sizes.size(WINDOW, MISTRAL_WINDOW) : sizes.size(WINDOW));
    return sliding.stream().map(s -> s ? window : SlidingWindow.ALL).toList();
  }

  private List<Boolean> sliding(ConfigFile config, List<Boolean> turned) {
    int layers = turned.size();
    boolean on = config.flag("use_sliding_window", false) && config.has(WINDOW);
    return switch (this) {
      case LLAMA, GRANITE -> Collections.nCopies(layers, false);
      case MISTRAL -> Collections.nCopies(layers, config.has(WINDOW) || !config.states(WINDOW));
      case QWEN2, QWEN3 -> {
        int first = config.integer("max_window_layers", 28);
        yield on
            ? LayerTypes.sliding(config, layers, layer -> layer >= first)
            : Collections.nCopies(layers, false);
      }
      case SMOLLM3 -> LayerTypes.sliding(config, layers, layer -> on && !turned.get(layer));
    };
  }
}
