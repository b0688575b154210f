package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rotary embeddings where layers with a sliding window have one of their own. Configurations have
 * {@code rope_parameters} by the type of layers; in older ones {@code rope_theta} and {@code
 * rope_scaling} are those of layers without a window.
 *
 * @param full of layers that see all tokens before
 * @param sliding of layers with a window
 */
public record LayerRopes(Rope full, Rope sliding) {
  private static final String ROPES = "rope_parameters";
  private static final String SCALING = "rope_scaling";

  /**
   * Reads both.
   *
   * @param how sizes, and the base of layers without a window if the configuration names none
   * @param slidingBase that of layers with a window
   * @throws ModelException if one is of a kind that is not known
   */
  public static LayerRopes read(RopeScaling how, double slidingBase) {
    ConfigFile config = how.config();
    Optional<ConfigFile> own = of(config, LayerTypes.FULL);
    Optional<ConfigFile> older = config.section(SCALING);
    if (own.isPresent() && older.isPresent()) {
      throw new ModelException(
          "%s: both '%s' and '%s' scale positions; give one."
              .formatted(config.file(), ROPES, SCALING));
    }
    double fullBase = config.real("rope_theta", how.base());
    return new LayerRopes(
        rope(how, own.or(() -> older), fullBase),
        rope(how, of(config, LayerTypes.SLIDING), slidingBase));
  }

  private static Rope rope(RopeScaling how, Optional<ConfigFile> parameters, double base) {
    return parameters.map(p -> how.of(p, base)).orElseGet(() -> how.plain(base));
  }

  /** Parameters that {@code rope_parameters} has for a type of layers. */
  private static Optional<ConfigFile> of(ConfigFile config, String type) {
    Optional<ConfigFile> all = config.section(ROPES);
    Set<String> others = new TreeSet<>(all.map(ConfigFile::keys).orElse(Set.of()));
    others.removeAll(List.of(LayerTypes.FULL, LayerTypes.SLIDING));
    if (!others.isEmpty()) {
      throw new ModelException(
          "%s: '%s' has '%s'; it should have %s and %s, with parameters each."
              .formatted(
                  config.file(),
                  ROPES,
                  others.iterator().next(),
                  LayerTypes.FULL,
                  LayerTypes.SLIDING));
    }
    return all.flatMap(a -> a.section(type));
  }

  /**
   * Attention of each layer.
   *
   * @param types whether each has a window
   * @param window that of those that have one
   */
  public List<RotaryLayer> layers(List<Boolean> types, SlidingWindow window) {
    RotaryLayer near = new RotaryLayer(window, sliding);
    RotaryLayer far = new RotaryLayer(SlidingWindow.ALL, full);
    return types.stream().map(t -> t ? near : far).toList();
  }
}
