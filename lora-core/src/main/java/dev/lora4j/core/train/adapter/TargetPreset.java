package dev.lora4j.core.train.adapter;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.nn.Site;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.NearestNames;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * Name of layers that are often trained together. A {@link LayerSelector} chooses them. None but
 * {@link #TEXT_ENCODERS} has layers of text encoders.
 *
 * @param name as in run files, for example {@code attention-feed-forward}
 */
public record TargetPreset(String name) implements Canonical {
  /** Attention: projections to queries, keys and values, and the output projection. */
  public static final TargetPreset ATTENTION = new TargetPreset("attention");

  /**
   * Attention and feed-forward layers; in UNets all of their transformers, with the projections
   * into and out of them, which is what kohya's scripts train without a rank for convolutions.
   */
  public static final TargetPreset ATTENTION_FEED_FORWARD =
      new TargetPreset("attention-feed-forward");

  /** All linear layers. */
  public static final TargetPreset LINEAR = new TargetPreset("linear");

  /** All linear layers and convolutions. */
  public static final TargetPreset ALL = new TargetPreset("all");

  /** Attention and feed-forward layers of all text encoders. */
  public static final TargetPreset TEXT_ENCODERS = new TargetPreset("text-encoders");

  /**
   * The preset called {@code name}, with {@code -} or {@code _} between its words.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static TargetPreset named(String name) {
    String canonical = canonical(name);
    if (known(name)) {
      return new TargetPreset(canonical);
    }
    List<String> nearest = NearestNames.near(canonical, selectors().keySet(), 1);
    throw new IllegalArgumentException(
        "No preset of layers is called "
            + name
            + "."
            + (nearest.isEmpty() ? "" : " Did you mean " + nearest.get(0) + "?")
            + " There are "
            + String.join(", ", selectors().keySet())
            + ".");
  }

  /** Returns true if there is a preset called {@code name}, in the spellings of {@link #named}. */
  public static boolean known(String name) {
    return selectors().containsKey(canonical(name));
  }

  /** All presets, in the order of their names. */
  public static List<TargetPreset> all() {
    return selectors().keySet().stream().map(TargetPreset::new).toList();
  }

  private static String canonical(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static SortedMap<String, LayerSelector> selectors() {
    return Extensions.installed().shared(LayerSelector.class);
  }

  /**
   * Layers of the preset among all of a model.
   *
   * @throws dev.lora4j.spi.ExtensionException if there is no preset of this name
   */
  public List<Site> among(Collection<Site> sites) {
    Extensions installed = Extensions.installed();
    LayerSelector selector = installed.shared(LayerSelector.class, name);
    return installed.ask(selector, () -> selector.among(sites), List.of());
  }

  @Override
  public String canonical() {
    return name;
  }

  /** Name in requests. */
  @Override
  public String toString() {
    return name;
  }
}
