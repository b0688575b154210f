package dev.lora4j.text.bert;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.model.ConfigSizes;
import dev.lora4j.text.network.Activation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sizes of a DeBERTa of the second or third version, in the names of transformers' configurations.
 *
 * @param vocabSize number of tokens
 * @param embedding width of the tables' vectors
 * @param width of a token's vector
 * @param layers number of layers
 * @param heads of attention
 * @param inner width within feed-forward layers
 * @param positions entries of the table of positions that is added to the tokens; 0 without one
 * @param types number of token types, for the texts of a row; 0 without types
 * @param epsilon of norms
 * @param activation within feed-forward layers
 * @param pooling activation of the layer below the head
 * @param terms what scores count beside the contents of token and key
 * @param distances of attention; empty if it sees none
 * @param convolution beside the first layer, if there is one
 */
record DebertaConfig(
    int vocabSize,
    int embedding,
    int width,
    int layers,
    int heads,
    int inner,
    int positions,
    int types,
    double epsilon,
    Activation activation,
    Activation pooling,
    Terms terms,
    Optional<Distances> distances,
    Optional<Convolved> convolution) {
  private static final int MOST = 1 << 27;

  /**
   * Terms of scores.
   *
   * @param toPosition of a token's content and a key's position ({@code c2p})
   * @param toContent of a token's position and a key's content ({@code p2c})
   */
  record Terms(boolean toPosition, boolean toContent) {
    /** Number of terms, that of contents included; scores are divided by its square root. */
    int count() {
      return 1 + (toPosition ? 1 : 0) + (toContent ? 1 : 0);
    }
  }

  /**
   * Distances between tokens that attention tells apart, which have a vector each.
   *
   * @param span number of them on either side
   * @param furthest distance that is told apart
   * @param buckets whether distances beyond half of the span share vectors by their logarithm
   * @param shared whether the projections of keys and queries are those of positions too
   * @param normed whether there is a norm over the vectors
   */
  record Distances(int span, int furthest, boolean buckets, boolean shared, boolean normed) {}

  /** A convolution over neighbours, of an odd kernel. */
  record Convolved(int kernel, int groups, Activation activation) {}

  /** Reads the {@code config.json}. */
  static DebertaConfig read(ConfigFile config) {
    ConfigSizes sizes = new ConfigSizes(config);
    int width = sizes.size("hidden_size");
    int heads = sizes.size("num_attention_heads");
    int each = sizes.share("hidden_size", width, "num_attention_heads", heads);
    requireSame(config, "attention_head_size", sizes.size("attention_head_size", each), each);
    requireSame(config, "pooler_hidden_size", sizes.size("pooler_hidden_size", width), width);
    int longest = sizes.size("max_position_embeddings", 512);
    return new DebertaConfig(
        sizes.size("vocab_size"),
        sizes.size("embedding_size", width),
        width,
        sizes.layers("num_hidden_layers"),
        heads,
        sizes.size("intermediate_size"),
        config.flag("position_biased_input", true) ? longest : 0,
        config.within("type_vocab_size", 0, MOST, 0),
        sizes.epsilon("layer_norm_eps", 1e-7),
        Activation.read(config, "hidden_act", "gelu"),
        Activation.read(config, "pooler_hidden_act", "gelu"),
        terms(config),
        distances(config, longest),
        convolution(config, width));
  }

  private static void requireSame(ConfigFile config, String key, int found, int expected) {
    if (found != expected) {
      throw new ModelException(
          "%s: '%s' is %d; only %d fits this 'hidden_size'."
              .formatted(config.file(), key, found, expected));
    }
  }

  private static Terms terms(ConfigFile config) {
    Set<String> named = names(config, "pos_att_type", Set.of("c2p", "p2c"));
    return new Terms(named.contains("c2p"), named.contains("p2c"));
  }

  private static Optional<Distances> distances(ConfigFile config, int longest) {
    boolean normed =
        names(config, "norm_rel_ebd", Set.of("none", "layer_norm")).contains("layer_norm");
    int most = config.within("max_relative_positions", -1, MOST, -1);
    int furthest = most < 1 ? longest : most;
    int buckets = config.within("position_buckets", -1, MOST, -1);
    if (buckets > 0 && (buckets == 1 || furthest - 1 <= buckets / 2)) {
      throw new ModelException(
          "%s: 'position_buckets' is %d; it should be from 2 to less than twice the furthest distance, %d."
              .formatted(config.file(), buckets, furthest - 1));
    }
    boolean shared = config.flag("share_att_key", false);
    return config.flag("relative_attention", false)
        ? Optional.of(
            new Distances(buckets > 0 ? buckets : furthest, furthest, buckets > 0, shared, normed))
        : Optional.empty();
  }

  private static Optional<Convolved> convolution(ConfigFile config, int width) {
    int kernel = config.within("conv_kernel_size", -1, MOST, 0);
    if (kernel < 1) {
      return Optional.empty();
    }
    if (kernel % 2 == 0) {
      throw new ModelException(
          "%s: 'conv_kernel_size' is %d; it should be odd, so that each token keeps its place."
              .formatted(config.file(), kernel));
    }
    int groups = new ConfigSizes(config).size("conv_groups", 1);
    new ConfigSizes(config).share("hidden_size", width, "conv_groups", groups);
    return Optional.of(new Convolved(kernel, groups, Activation.read(config, "conv_act", "tanh")));
  }

  /** A list of names, which may be one text with bars between them. */
  private static Set<String> names(ConfigFile config, String key, Set<String> known) {
    String plain = config.plain(key).orElse("");
    List<String> all =
        plain.startsWith("[")
            ? config.texts(key)
            : List.of(plain.toLowerCase(Locale.ROOT).split("\\|", -1));
    Set<String> names = new TreeSet<>();
    for (String one : all) {
      String name = one.strip();
      if (!name.isEmpty() && !known.contains(name)) {
        throw new ModelException(
            "%s: '%s' has '%s', which is not known; known are %s."
                .formatted(config.file(), key, name, String.join(", ", new TreeSet<>(known))));
      }
      names.add(name);
    }
    return names;
  }
}
