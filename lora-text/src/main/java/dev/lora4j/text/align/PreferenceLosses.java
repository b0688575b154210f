package dev.lora4j.text.align;

import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The losses of pairs that there are, this library's and those that plug-ins bring. */
public final class PreferenceLosses {
  /** Setting of every request with what the loss is multiplied by. */
  private static final String WEIGHT = "weight";

  private PreferenceLosses() {}

  /** All of them, each with its defaults. */
  public static List<PreferenceLoss> all() {
    return List.copyOf(Extensions.installed().shared(PreferenceLoss.class).values());
  }

  /**
   * The loss called {@code name}, by TRL's names.
   *
   * @throws dev.lora4j.spi.ExtensionException naming the nearest and all, if there is none or it
   *     has no such setting; or telling what values it takes
   */
  public static PreferenceLoss named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(name, Map.copyOf(settings));
    return Extensions.installed().make(PreferenceLoss.class, request);
  }

  /**
   * A loss and its weight, as people write them: {@code robust:smoothing=0.1,weight=0.5}.
   *
   * @throws IllegalArgumentException if the weight is no number above 0
   * @throws dev.lora4j.spi.ExtensionException see {@link #named}
   */
  public static PreferenceObjective.Weighted weighted(String text) {
    ExtensionRequest request = ExtensionRequest.parse(text);
    Map<String, Object> settings = new HashMap<>(request.settings());
    Object weight = settings.remove(WEIGHT);
    return new PreferenceObjective.Weighted(
        named(request.name(), settings), weight == null ? 1 : number(text, weight));
  }

  private static double number(String text, Object weight) {
    try {
      return Double.parseDouble(String.valueOf(weight));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The weight in '" + text + "' must be a number above 0, found '" + weight + "'.", e);
    }
  }
}
