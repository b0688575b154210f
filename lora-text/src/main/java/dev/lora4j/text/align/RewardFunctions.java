package dev.lora4j.text.align;

import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The reward functions that there are, this library's and those that plug-ins bring. */
public final class RewardFunctions {
  /** Setting of every request with what the rewards are multiplied by. */
  private static final String WEIGHT = "weight";

  private RewardFunctions() {}

  /** All that need no setting, each with its defaults. */
  public static List<RewardFunction> all() {
    return List.copyOf(Extensions.installed().shared(RewardFunction.class).values());
  }

  /**
   * The function called {@code name}.
   *
   * @throws dev.lora4j.spi.ExtensionException naming the nearest and all, if there is none or it
   *     has no such setting; or telling what values it takes
   */
  public static RewardFunction named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(name, Map.copyOf(settings));
    return Extensions.installed().make(RewardFunction.class, request);
  }

  /**
   * A function and its weight, as people write them: {@code regex:pattern=[0-9]+,weight=0.5}.
   *
   * @throws IllegalArgumentException if the weight is no finite number
   * @throws dev.lora4j.spi.ExtensionException see {@link #named}
   */
  public static WeightedReward weighted(String text) {
    ExtensionRequest request = ExtensionRequest.parse(text);
    Map<String, Object> settings = new HashMap<>(request.settings());
    Object weight = settings.remove(WEIGHT);
    return new WeightedReward(
        named(request.name(), settings), weight == null ? 1 : number(text, weight));
  }

  private static double number(String text, Object weight) {
    try {
      return Double.parseDouble(String.valueOf(weight));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The weight in '" + text + "' must be a number, found '" + weight + "'.", e);
    }
  }
}
