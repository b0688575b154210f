package dev.lora4j.diffusion.train.objective;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.Map;

/** The losses that there are: those with sd-scripts' names, and what plug-ins bring. */
public final class Losses {
  private Losses() {}

  /**
   * The loss called {@code name}, with its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Loss named(String name) {
    return named(name, Map.of());
  }

  /**
   * The loss called {@code name} with some settings other than its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is no such loss or setting; or
   *     telling what values it takes
   */
  public static Loss named(String name, Map<String, ?> settings) {
    return Extensions.installed()
        .make(Loss.class, new ExtensionRequest(name, Map.copyOf(settings)));
  }
}
