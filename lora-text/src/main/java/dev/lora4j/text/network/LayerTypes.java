package dev.lora4j.text.network;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Reads which layers have a sliding window: {@code layer_types} of configurations. */
public final class LayerTypes {
  static final String FULL = "full_attention";
  static final String SLIDING = "sliding_attention";
  private static final String KEY = "layer_types";

  private LayerTypes() {}

  /**
   * Returns true for each layer with a window.
   *
   * @param layers number of layers
   * @param otherwise whether a layer, counted from 0, has one if the configuration lists none
   * @throws ModelException if the list is of another length, or has a type that is not known
   */
  public static List<Boolean> sliding(ConfigFile config, int layers, IntPredicate otherwise) {
    if (!config.has(KEY)) {
      return IntStream.range(0, layers).mapToObj(otherwise::test).toList();
    }
    List<String> types = config.texts(KEY);
    if (types.size() != layers) {
      throw new ModelException(
          "%s: '%s' has %d entries for %d layers (num_hidden_layers)."
              .formatted(config.file(), KEY, types.size(), layers));
    }
    return types.stream().map(t -> sliding(config, t)).toList();
  }

  private static boolean sliding(ConfigFile config, String type) {
    if (!type.equals(SLIDING) && !type.equals(FULL)) {
      throw new ModelException(
          "%s: '%s' names '%s'; known are %s and %s."
              .formatted(config.file(), KEY, type, SLIDING, FULL));
    }
    return type.equals(SLIDING);
  }
}
