package dev.lora4j.text.gemma;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Rope;
import dev.lora4j.text.network.RopeScaling;
import dev.lora4j.text.network.SlidingWindow;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Kinds of Gemma, with what differs between them. */
enum GemmaKind {
  GEMMA2("gemma2", 8192),
  GEMMA3("gemma3_text", 131_072);

  private static final int WINDOW = 4096;
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";
  private static final String LAYER_TYPES = "layer_types";
  private static final String ROPES = "rope_parameters";

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
  List<GemmaLayer> layers(ConfigFile config, int layers, int headDim, int most) {
    List<Boolean> sliding = sliding(config, layers);
    SlidingWindow window = sliding.contains(true) ? window(config) : SlidingWindow.ALL;
    Rope full =
        this == GEMMA2 ? RopeScaling.read(config, headDim, most) : full(config, headDim, most);
    Rope local = this == GEMMA2 ? full : local(config, headDim, most);
    return sliding.stream()
        .map(s -> s ? new GemmaLayer(window, local) : new GemmaLayer(SlidingWindow.ALL, full))
        .toList();
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
    if (config.has(LAYER_TYPES)) {
      List<String> types = config.texts(LAYER_TYPES);
      config.requireCount(LAYER_TYPES, types.size(), layers);
      return types.stream().map(t -> sliding(config, t)).toList();
    }
    int every = this == GEMMA2 ? 2 : new ConfigSizes(config).size("sliding_window_pattern", 6);
    return IntStream.range(0, layers).mapToObj(layer -> (layer + 1) % every != 0).toList();
  }

  private static boolean sliding(ConfigFile config, String type) {
    if (!type.equals(SLIDING) && !type.equals(FULL)) {
      throw new ModelException(
          "%s: 'layer_types' names '%s'; known are %s and %s."
              .formatted(config.file(), type, SLIDING, FULL));
    }
    return type.equals(SLIDING);
  }

  /** Positions of layers without a window: the ones that configurations scale. */
  private static Rope full(ConfigFile config, int headDim, int most) {
    Optional<ConfigFile> own = ropes(config, FULL);
    Optional<ConfigFile> older = config.section("rope_scaling");
    if (own.isPresent() && older.isPresent()) {
      throw new ModelException(
          config.file() + ": both 'rope_parameters' and 'rope_scaling' scale positions; give one.");
    }
    return rope(config, own.or(() -> older), config.real("rope_theta", FULL_BASE), headDim, most);
  }

  private static Rope local(ConfigFile config, int headDim, int most) {
    double base = config.real("rope_local_base_freq", SLIDING_BASE);
    return rope(config, ropes(config, SLIDING), base, headDim, most);
  }

  private static Rope rope(
      ConfigFile config, Optional<ConfigFile> parameters, double base, int headDim, int most) {
    return parameters
        .map(p -> RopeScaling.of(p, base, headDim, most))
        .orElseGet(() -> RopeScaling.plain(config, base, headDim));
  }

  /** What {@code rope_parameters} says of a type of layers. */
  private static Optional<ConfigFile> ropes(ConfigFile config, String type) {
    Optional<ConfigFile> all = config.section(ROPES);
    Set<String> others = new TreeSet<>(all.map(ConfigFile::keys).orElse(Set.of()));
    others.removeAll(List.of(FULL, SLIDING));
    if (!others.isEmpty()) {
      throw new ModelException(
          "%s: 'rope_parameters' has '%s'; it should have %s and %s, with parameters each."
              .formatted(config.file(), others.iterator().next(), FULL, SLIDING));
    }
    return all.flatMap(a -> a.section(type));
  }
}
