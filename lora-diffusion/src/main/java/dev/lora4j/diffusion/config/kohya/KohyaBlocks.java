package dev.lora4j.diffusion.config.kohya;

import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.ResolvedValues;
import dev.lora4j.diffusion.config.SettingLayers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The layers that a network of sd-scripts trains of the transformer of a flow, by its arguments:
 * all linear layers of the blocks, unless these choose blocks, ranks of kinds of layers, or layers
 * outside of the blocks.
 */
final class KohyaBlocks {
  private static final String TRAIN_BLOCKS = "train_blocks";
  private static final String SPLIT = "split_qkv";
  private static final String T5 = "train_t5xxl";

  /** Arguments that nothing here does, with what to do instead. */
  private static final Map<String, String> MISSED =
      Map.of(
          "ggpo_beta", "perturbed gradients (GGPO) are not there; remove it",
          "ggpo_sigma", "perturbed gradients (GGPO) are not there; remove it",
          "network_reg_dims", "set adapter.rank_pattern and adapter.alpha_pattern",
          "network_reg_lrs", "layers have no rates of their own; remove it",
          "loraplus_unet_lr_ratio", "set loraplus_lr_ratio, which is one ratio for all layers",
          "loraplus_text_encoder_lr_ratio",
              "set loraplus_lr_ratio, which is one ratio for all layers");

  private final SettingLayers to;
  private final ResolvedValues entries;
  private final KohyaTransformer transformer;
  private final Map<String, String> said;
  private final Map<String, Integer> ranks = new LinkedHashMap<>();

  /**
   * The layers of a network.
   *
   * @param said its arguments of those that {@link #takes} knows
   */
  KohyaBlocks(SettingLayers to, KohyaTransformer transformer, Map<String, String> said) {
    this.to = to;
    this.transformer = transformer;
    this.said = said;
    entries = to.entries();
  }

  /** True if an argument chooses layers of some transformer. */
  static boolean takes(String argument) {
    return Arrays.stream(KohyaTransformer.values()).anyMatch(one -> takes(one, argument));
  }

  private static boolean takes(KohyaTransformer transformer, String argument) {
    return Set.of(TRAIN_BLOCKS, SPLIT, T5, transformer.embedders()).contains(argument)
        || transformer.blocks().containsKey(argument)
        || transformer.parts().containsKey(argument);
  }

  /** Notes the problem of an argument that nothing here does; false if it is none of these. */
  static boolean missed(SettingLayers to, String name, String from) {
    Optional<String> advice = Optional.ofNullable(MISSED.get(name));
    advice.ifPresent(
        what -> to.problem(from + ": network_args: " + name + " is not done here: " + what + "."));
    return advice.isPresent();
  }

  /** Sets the layers and their ranks. */
  void lay(String from) {
    said.keySet().stream()
        .filter(argument -> !takes(transformer, argument))
        .forEach(
            argument ->
                to.problem(
                    from
                        + ": network_args: "
                        + argument
                        + " is no argument of "
                        + transformer.module()
                        + "; remove it."));
    List<String> include = new ArrayList<>();
    List<String> exclude = new ArrayList<>();
    Set<String> trained = blocks(include, from);
    transformer
        .parts()
        .forEach(
            (argument, part) -> {
              if (trained.contains(part.blocks())) {
                rank(argument, said.getOrDefault(argument, ""), part.patterns(), exclude, from);
              }
            });
    embedders(include, from);
    if (include.isEmpty()) {
      to.problem(from + ": network_args choose no layers of the transformer.");
    }
    entries.withdraw(AdapterKeys.TARGETS);
    to.set(AdapterKeys.INCLUDE.name(), include, from);
    if (entries.find(AdapterKeys.TEXT_ENCODER).orElse(false) && !yes(T5)) {
      exclude.add(transformer.t5());
    }
    if (!exclude.isEmpty()) {
      to.set(AdapterKeys.EXCLUDE.name(), exclude, from);
    }
    if (!ranks.isEmpty()) {
      to.set(AdapterKeys.RANKS.name(), new LinkedHashMap<>(ranks), from);
    }
    if (!yes(SPLIT)) {
      to.note(
          from
              + ": queries, keys and values are layers of their own here, as with split_qkv=True.");
    }
    to.note(
        from
            + ": "
            + transformer.module()
            + " trains all linear layers of the blocks, and CLIP unless network_train_unet_only"
            + " says otherwise.");
  }

  /** Gives the layers with ranks of their own the alpha of the others, as is done there. */
  void alphas(String from) {
    Optional<Double> alpha = entries.find(AdapterKeys.ALPHA);
    if (alpha.isPresent() && !ranks.isEmpty()) {
      Map<String, Double> all = new LinkedHashMap<>();
      ranks.keySet().forEach(pattern -> all.put(pattern, alpha.get()));
      to.set(AdapterKeys.ALPHAS.name(), all, from);
    }
  }

  /** Adds patterns of the chosen blocks; the prefixes of the kinds of which there are some. */
  private Set<String> blocks(List<String> include, String from) {
    Map<String, Boolean> trained = new HashMap<>();
    String kind = said.getOrDefault(TRAIN_BLOCKS, "all");
    boolean known =
        kind.equals("all")
            || transformer.blocks().values().stream().anyMatch(b -> b.kind().equals(kind));
    if (!known) {
      to.problem(from + ": network_args: train_blocks takes all, double or single, found " + kind);
    }
    transformer
        .blocks()
        .forEach(
            (argument, blocks) -> {
              if (kind.equals("all") || kind.equals(blocks.kind())) {
                List<String> patterns = chosen(argument, blocks.prefix(), from);
                include.addAll(patterns);
                trained.put(blocks.prefix(), !patterns.isEmpty());
              }
            });
    trained.values().removeIf(some -> !some);
    return trained.keySet();
  }

  private List<String> chosen(String argument, String prefix, String from) {
    String choice = said.getOrDefault(argument, "all");
    if (choice.equals("all")) {
      return List.of(prefix + "*");
    }
    if (choice.equals("none") || choice.isEmpty()) {
      return List.of();
    }
    List<String> patterns = new ArrayList<>();
    for (String range : choice.split(",", -1)) {
      if (!range.strip().matches("\\d{1,3}(\\s*-\\s*\\d{1,3})?")) {
        to.problem(
            from
                + ": network_args: "
                + argument
                + " takes numbers of blocks and ranges, such as 0-3,7, found "
                + choice
                + ".");
        return patterns;
      }
      String[] ends = range.strip().split("\\s*-\\s*", -1);
      int last = Integer.parseInt(ends[ends.length - 1]);
      IntStream.rangeClosed(Integer.parseInt(ends[0]), last)
          .forEach(block -> patterns.add(prefix + block + ".*"));
    }
    return patterns;
  }

  private void embedders(List<String> include, String from) {
    String argument = transformer.embedders();
    if (!said.containsKey(argument)) {
      return;
    }
    String[] each = said.getOrDefault(argument, "").replaceAll("[\\[\\]\\s]", "").split(",", -1);
    List<String> layers = transformer.embedded();
    if (each.length != layers.size()) {
      to.problem(
          from
              + ": network_args: "
              + argument
              + " has "
              + layers.size()
              + " ranks, found "
              + each.length
              + ".");
      return;
    }
    for (int i = 0; i < each.length; i++) {
      if (rank(argument, each[i], List.of(layers.get(i)), new ArrayList<>(), from)) {
        include.add(layers.get(i));
      }
    }
  }

  /** Gives layers a rank, or leaves them out where it is 0; true if they have one. */
  private boolean rank(
      String argument, String value, List<String> patterns, List<String> exclude, String from) {
    if (value.isEmpty()) {
      return false;
    }
    if (!value.matches("\\d{1,6}")) {
      to.problem(
          from
              + ": network_args: "
              + argument
              + " takes a rank of 0 or more, found "
              + value
              + ".");
      return false;
    }
    int rank = Integer.parseInt(value);
    if (rank == 0) {
      exclude.addAll(patterns);
    } else {
      patterns.forEach(pattern -> ranks.put(pattern, rank));
    }
    return rank > 0;
  }

  private boolean yes(String argument) {
    return said.getOrDefault(argument, "").equalsIgnoreCase("true");
  }
}
