package dev.lora4j.core.train.schedule;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import java.util.List;
import java.util.Map;

/**
 * The decays that there are, this library's and those that plug-ins bring. Those of diffusers have
 * its names and defaults.
 */
public final class Decays {
  private Decays() {}

  /** All decays, each with its defaults. */
  public static List<Decay> all() {
    return List.copyOf(Extensions.installed().shared(Decay.class).values());
  }

  /**
   * The decay called {@code name}, with its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Decay named(String name) {
    return named(name, Map.of());
  }

  /**
   * The decay called {@code name} with some settings other than its defaults.
   *
   * @throws ExtensionException naming the nearest and all, if there is no such decay or setting; or
   *     telling what values it takes
   */
  public static Decay named(String name, Map<String, ?> settings) {
    ExtensionRequest request = new ExtensionRequest(name, Map.copyOf(settings));
    return Extensions.installed().make(Decay.class, request);
  }
}
