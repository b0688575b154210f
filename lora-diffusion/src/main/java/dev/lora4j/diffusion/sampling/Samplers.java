package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.List;

/** The samplers that there are, this library's and those that plug-ins bring. */
public final class Samplers {
  private Samplers() {}

  /** All samplers, by name. */
  public static List<Sampler> all() {
    return List.copyOf(Extensions.installed().shared(Sampler.class).values());
  }

  /**
   * The sampler called {@code name}.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Sampler named(String name) {
    return Extensions.installed().shared(Sampler.class, name);
  }
}
