package dev.lora4j.core.train.optimizer;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The optimisers that there are, this library's and those that plug-ins bring. Names are found
 * whatever their case and with or without underscores, and by those that kohya's sd-scripts has for
 * them.
 */
public final class Optimizers {
  private static final Map<String, String> ALIASES =
      Map.of("adamwschedulefree", "schedule_free_adamw");

  private Optimizers() {}

  /** All optimizers, each with its defaults. */
  public static List<Optimizer> all() {
    return List.copyOf(Extensions.installed().shared(Optimizer.class).values());
  }

  /**
   * The optimizer called {@code name}, with its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Optimizer named(String name) {
    return named(name, Map.of());
  }

  /**
   * The optimizer called {@code name} with some settings other than its defaults.
   *
   * @param settings by the names of the reference implementation, with {@code beta1} and {@code
   *     beta2} for {@code betas}
   * @throws ExtensionException naming the nearest and all, if there is no such optimizer or
   *     setting; or telling what values it takes
   */
  public static Optimizer named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(known(name), Map.copyOf(settings));
    return Extensions.installed().make(Optimizer.class, request);
  }

  /** Stable name of an optimizer; {@code name} itself if it is unknown. */
  private static String known(String name) {
    String plain = plain(name);
    return Extensions.installed().list(Optimizer.class).stream()
        .map(Extensions.Installed::info)
        .map(ExtensionInfo::name)
        .filter(n -> plain(n).equals(plain))
        .findFirst()
        .orElse(ALIASES.getOrDefault(plain, name));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "");
  }
}
