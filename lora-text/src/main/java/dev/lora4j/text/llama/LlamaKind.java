package dev.lora4j.text.llama;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.llama.LlamaConfig.Bias;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.SlidingWindow;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Kinds of models like LLaMA, with their different defaults. */
enum LlamaKind {
  LLAMA(2048),
  MISTRAL(131072),
  QWEN2(32768),
  QWEN3(32768);

  private static final int MISTRAL_WINDOW = 4096;

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

  int headDim(int shareOfWidth) {
    return this == QWEN3 ? 128 : shareOfWidth;
  }

  Bias bias(ConfigFile config) {
    boolean attention = config.flag("attention_bias", false);
    return switch (this) {
      case LLAMA -> new Bias(attention, attention, config.flag("mlp_bias", false));
      case MISTRAL -> new Bias(false, false, false);
      case QWEN2 -> new Bias(true, false, false);
      case QWEN3 -> new Bias(attention, attention, false);
    };
  }

  /**
   * Sliding window of each layer. Mistral has a window unless it is null; Qwen has one if the
   * configuration turns it on, in the layers that {@code layer_types} names, or in its last ones.
   */
  List<SlidingWindow> slidingWindows(ConfigFile config, int layers) {
    int window = window(config);
    if (window == 0) {
      return Collections.nCopies(layers, SlidingWindow.ALL);
    }
    if (this != MISTRAL && config.has("layer_types")) {
      List<String> types = config.texts("layer_types");
      if (types.size() != layers) {
        throw new ModelException(
            config.file()
                + ": layer_types has "
                + types.size()
                + " entries for "
                + layers
                + " layers (num_hidden_layers).");
      }
      return types.stream()
          .map(t -> t.equals("sliding_attention") ? SlidingWindow.of(window) : SlidingWindow.ALL)
          .toList();
    }
    int first = this == MISTRAL ? 0 : config.integer("max_window_layers", 28);
    return IntStream.range(0, layers)
        .mapToObj(layer -> layer < first ? SlidingWindow.ALL : SlidingWindow.of(window))
        .toList();
  }

  /** The window of those layers that have one; 0 if none has. */
  private int window(ConfigFile config) {
    return switch (this) {
      case LLAMA -> 0;
      case MISTRAL ->
          new ConfigSizes(config)
              .size("sliding_window", config.states("sliding_window") ? 0 : MISTRAL_WINDOW);
      case QWEN2, QWEN3 ->
          config.flag("use_sliding_window", false)
              ? new ConfigSizes(config).size("sliding_window", 0)
              : 0;
    };
  }
}
